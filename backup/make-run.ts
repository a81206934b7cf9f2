import type { ActiveRun } from "./card.ts";
import { after } from "./instant.ts";
import type { StartingRun } from "./run.ts";

/** The first state of a run, made from nothing but its card: whoever makes it, whenever, makes the same. */
export function makeRun(hsm: string, active: ActiveRun, startGrace: number): StartingRun {
  const { id, slot, trigger, deadlineAt, storageUrl, container, traceparent } = active;
  return {
    id,
    hsm,
    slot,
    trigger,
    state: "Starting",
    seq: 0,
    messageId: null,
    nextAt: after(active.at, startGrace),
    deadlineAt,
    doubt: null,
    storageUrl,
    container,
    attempts: [],
    startedAt: active.at,
    followUps: 0,
    traceparent,
  };
}
