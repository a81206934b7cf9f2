import { setTimeout as pause } from "node:timers/promises";
import { JobFailure, type JobFaults } from "./job.ts";

/** Resolves when the job may have done `share` (0 to 1) of its work. */
export type Pace = (share: number) => Promise<void>;

/**
 * Spreads the work of a job over its time, and lets it fail or stand still where a fault was scripted.
 * @param seconds how long the job takes, when no fault says otherwise
 * @throws JobFailure at the scripted share; AbortError when `signal` is aborted
 */
export function makePace(seconds: number, faults: JobFaults, signal: AbortSignal): Pace {
  const started = performance.now();
  const length = (faults.seconds ?? seconds) * 1000;
  const failAt = faults.failAt ?? Number.POSITIVE_INFINITY;
  const waitUntil = async (share: number): Promise<void> => {
    const left = started + share * length - performance.now();
    if (left > 0) await pause(left, undefined, { signal });
    else signal.throwIfAborted();
  };
  return async (share) => {
    await waitUntil(Math.min(share, failAt));
    if (share >= failAt) {
      throw new JobFailure({
        code: "InternalServerError",
        message: `The job failed at ${failAt} of its way (scripted).`,
      });
    }
    if (share >= 1 && faults.neverEnds === true) await aborted(signal);
  };
}

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const stop = (): void => reject(signal.reason);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
