import { type Fields, fieldsOf, parseJson, text } from "../backup/fields.ts";

/** A span as Application Insights got it. `startedAt` and `duration` in milliseconds. */
export type ReadSpan = {
  readonly trace: string;
  readonly id: string;
  readonly parent: string | undefined;
  readonly kind: "run" | "step" | "call";
  readonly name: string;
  readonly outcome: string;
  readonly startedAt: number;
  readonly duration: number;
  /** The service of a call. */
  readonly service: string;
  readonly properties: Readonly<Record<string, string>>;
};

export type SpanNode = { readonly span: ReadSpan; readonly below: readonly SpanNode[] };

/** The root of a run, told or not yet, and what hangs below it. */
export type SpanTree = {
  readonly trace: string;
  readonly root: string;
  readonly told: ReadSpan | undefined;
  readonly below: readonly SpanNode[];
};

/** Reads a file of envelopes, one a line. A span that was told twice (a root may be) counts once. @throws BadField */
export function readSpans(lines: string): readonly ReadSpan[] {
  const spans = lines
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => readSpan(fieldsOf(parseJson(line, "line"), "line")));
  return [...new Map(spans.map((span) => [span.id, span])).values()];
}

/** The trees of all runs, in the order of their first spans. A step hangs below its root, whether that was told or not. */
export function treesOf(spans: readonly ReadSpan[]): readonly SpanTree[] {
  const sorted = spans.toSorted((a, b) => a.startedAt - b.startedAt);
  const byId = new Map(sorted.map((span) => [span.id, span]));
  const nodeOf = (span: ReadSpan): SpanNode => ({ span, below: childrenOf(span.id) });
  const childrenOf = (id: string): readonly SpanNode[] => sorted.filter(({ parent }) => parent === id).map(nodeOf);
  const roots = sorted.flatMap(({ kind, id, parent, trace }) => {
    if (kind === "run") return [{ root: id, trace }];
    return parent === undefined || byId.has(parent) ? [] : [{ root: parent, trace }];
  });
  const distinct = new Map(roots.map((each) => [each.root, each]));
  return [...distinct.values()].map(({ root, trace }) => ({
    trace,
    root,
    told: byId.get(root),
    below: childrenOf(root),
  }));
}

function readSpan(line: Fields): ReadSpan {
  const tags = fieldsOf(line.tags, "tags");
  const data = fieldsOf(line.data, "data");
  const base = fieldsOf(data.baseData, "baseData");
  const type = typeof base.type === "string" ? base.type : "";
  const isRun = data.baseType === "RequestData";
  const parent = tags["ai.operation.parentId"];
  return {
    trace: text(tags, "ai.operation.id"),
    id: text(base, "id"),
    parent: typeof parent === "string" ? parent : undefined,
    kind: isRun ? "run" : type === "InProc" ? "step" : "call",
    name: text(base, "name"),
    outcome: text(base, isRun ? "responseCode" : "resultCode"),
    startedAt: Date.parse(text(line, "time")),
    duration: millisecondsOf(text(base, "duration")),
    service: type,
    properties: Object.fromEntries(
      Object.entries(fieldsOf(base.properties, "properties")).map(([name, value]) => [name, String(value)]),
    ),
  };
}

/** Of a .NET TimeSpan, `d.hh:mm:ss.fff`. */
function millisecondsOf(timeSpan: string): number {
  const [, days, hours, minutes, seconds] = /^(\d+)\.(\d+):(\d+):([\d.]+)$/.exec(timeSpan) ?? [];
  return Math.round(((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60_000 + Number(seconds) * 1_000);
}
