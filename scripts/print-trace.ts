/**
 * `npm run trace -- FILE`: prints the trace of each run in a file of spans, one JSON line each, as `npm start -- --spans FILE`
 * writes it: the run, its steps, their requests.
 */
import { readFile } from "node:fs/promises";
import { type ReadSpan, readSpans, type SpanNode, type SpanTree, treesOf } from "./span-tree.ts";

const SECOND = 1_000;
const MINUTE = 60;

/** The lines that show a run's trace. Times count from its first span. */
export function linesOf({ trace, root, told, below }: SpanTree): readonly string[] {
  const began = told?.startedAt ?? below[0]?.span.startedAt ?? 0;
  const head = told === undefined ? `run ${root}, whose end isn't told` : lineOf(told, began);
  return [
    `trace ${trace}`,
    head,
    ...below.flatMap((node, index) => branch(node, index === below.length - 1, "", began)),
  ];
}

function branch({ span, below }: SpanNode, isLast: boolean, indent: string, began: number): readonly string[] {
  const inner = `${indent}${isLast ? "   " : "│  "}`;
  const children = below.flatMap((node, index) => branch(node, index === below.length - 1, inner, began));
  return [`${indent}${isLast ? "└─ " : "├─ "}${lineOf(span, began)}`, ...children];
}

function lineOf({ kind, name, service, outcome, startedAt, duration, properties }: ReadSpan, began: number): string {
  const times = `+${shown(startedAt - began)}, took ${shown(duration)}`;
  if (kind === "call") return `${service}: ${name} → ${outcome} (${times})`;
  const seq = properties.seq === undefined ? "" : ` seq ${properties.seq}`;
  if (kind === "step") return `${name}${seq} → ${outcome} (${times})`;
  return `${name}, run ${properties.run ?? "?"}, slot ${properties.slot ?? "none"} → ${outcome} (took ${shown(duration)})`;
}

function shown(milliseconds: number): string {
  if (Math.abs(milliseconds) < SECOND) return `${milliseconds} ms`;
  const seconds = milliseconds / SECOND;
  return seconds < MINUTE
    ? `${seconds.toFixed(1)} s`
    : `${Math.floor(seconds / MINUTE)} min ${(seconds % MINUTE).toFixed(0)} s`;
}

if (import.meta.main) {
  const [file, ...rest] = process.argv.slice(2);
  if (file === undefined || rest.length > 0) {
    console.error("usage: npm run trace -- FILE");
    process.exitCode = 2;
  } else {
    const trees = treesOf(readSpans(await readFile(file, "utf8")));
    console.log(trees.map((tree) => linesOf(tree).join("\n")).join("\n\n"));
    process.exitCode = trees.length === 0 ? 1 : 0;
  }
}
