import type { CallSpan, WorkSpan } from "../../../azure/tracing/span.ts";
import type { Call } from "../../../azure/tracing/steps.ts";

/** A request that a step made. */
export const aCall = (changes: Partial<Call> = {}): Call => ({
  name: "BlobClient-download",
  service: "Azure blob",
  target: "host.blob.core.windows.net",
  url: "https://host.blob.core.windows.net/backup-runs/hsms/contoso.json",
  startedAt: 1_000,
  endedAt: 1_020,
  hasSucceeded: true,
  outcome: "200",
  attributes: { method: "GET" },
  ...changes,
});

const ids = { trace: "0af7651916cd43dd8448eb211c80319c", id: "00f067aa0ba902b7", parent: "b7ad6b7169203331" } as const;

export const callSpan = (changes: Partial<CallSpan> = {}): CallSpan => ({
  ...aCall(),
  ...ids,
  kind: "call",
  ...changes,
});

export const stepSpan = (changes: Partial<WorkSpan> = {}): WorkSpan => ({
  ...ids,
  kind: "step",
  name: "follow",
  startedAt: Date.UTC(2026, 10, 23, 2),
  endedAt: Date.UTC(2026, 10, 23, 2, 0, 1, 500),
  hasSucceeded: true,
  outcome: "InProgress",
  attributes: { hsm: "contoso", seq: 3, slot: null },
  ...changes,
});
