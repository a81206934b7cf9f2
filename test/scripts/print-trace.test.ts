import { expect, test } from "vitest";
import { envelopeOf } from "../../azure/tracing/envelope.ts";
import type { Span } from "../../azure/tracing/span.ts";
import { linesOf } from "../../scripts/print-trace.ts";
import { readSpans, treesOf } from "../../scripts/span-tree.ts";
import { callSpan, stepSpan } from "../azure/tracing/sample-spans.ts";

const ORIGIN = { instrumentationKey: "key", role: "app", instance: "one" };
const START = Date.UTC(2026, 10, 23, 2);
const TRACE = "0af7651916cd43dd8448eb211c80319c";
const at = (seconds: number) => START + seconds * 1_000;

const ROOT = stepSpan({
  kind: "run",
  id: "1000000000000000",
  parent: "f000000000000000",
  name: "backup contoso",
  startedAt: START,
  endedAt: at(125),
  outcome: "Succeeded",
  attributes: { run: "r1", slot: null },
});
const stepAt = (id: string, seconds: number, parent = ROOT.id) =>
  stepSpan({ id, parent, startedAt: at(seconds), endedAt: at(seconds) + 40, attributes: { seq: 3 } });
const FIRST = stepAt("2000000000000000", 1);
const SECOND = stepAt("3000000000000000", 61);
const CALL = callSpan({ id: "4000000000000000", parent: FIRST.id, startedAt: at(1), endedAt: at(1) + 5 });

const linesIn = (...spans: readonly Span[]) => {
  const text = spans.map((span) => JSON.stringify(envelopeOf(span, ORIGIN))).join("\n");
  return treesOf(readSpans(text)).map(linesOf);
};

test("prints the run, its steps in the order of time, and their calls", () => {
  expect(linesIn(SECOND, CALL, FIRST, ROOT)).toEqual([
    [
      `trace ${TRACE}`,
      "backup contoso, run r1, slot none → Succeeded (took 2 min 5 s)",
      "├─ follow seq 3 → InProgress (+1.0 s, took 40 ms)",
      "│  └─ Azure blob: BlobClient-download → 200 (+1.0 s, took 5 ms)",
      "└─ follow seq 3 → InProgress (+1 min 1 s, took 40 ms)",
    ],
  ]);
});

test("steps of a run whose end isn't told make one tree below its root all the same", () => {
  expect(linesIn(SECOND, FIRST)).toMatchObject([{ length: 4, 1: `run ${ROOT.id}, whose end isn't told` }]);
});

test("a root that was told twice stands there once; the runs of one trigger are trees of their own", () => {
  expect(linesIn(ROOT, ROOT, FIRST)).toHaveLength(1);
  expect(linesIn(ROOT, FIRST, stepAt("5000000000000000", 2, "6000000000000000"))).toHaveLength(2);
});
