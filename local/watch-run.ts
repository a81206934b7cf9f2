import { setTimeout as wait } from "node:timers/promises";
import type { RunView } from "./run-view.ts";
import type { CountWritten, Written } from "./written-blobs.ts";

const LOOK_EVERY_MILLISECONDS = 1_000;
const END_WITHIN_MILLISECONDS = 10 * 60_000;

export type Progress = { readonly run: RunView; readonly written: Written; readonly seconds: number };

/**
 * Reads the state of a run and the amount it has written once a second, until it has ended.
 * @throws when it hasn't ended within ten minutes, or `signal` is aborted.
 */
export async function watchRun(
  look: () => Promise<RunView>,
  count: CountWritten,
  show: (progress: Progress) => void,
  signal: AbortSignal,
  pause = (milliseconds: number): Promise<void> => wait(milliseconds, undefined, { signal }),
): Promise<RunView> {
  const begun = Date.now();
  for (;;) {
    const run = await look();
    if (run.endedAt !== null) return run;
    const written = run.container === null ? { blobs: 0, bytes: 0 } : await count(run.container, run.startedAt);
    const elapsed = Date.now() - begun;
    show({ run, written, seconds: (Date.now() - run.startedAt.getTime()) / 1000 });
    if (elapsed > END_WITHIN_MILLISECONDS) {
      throw new Error(`The backup of ${run.hsm} has not ended within ${END_WITHIN_MILLISECONDS / 60_000} minutes.`);
    }
    await pause(LOOK_EVERY_MILLISECONDS);
  }
}
