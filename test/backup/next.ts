import type { EndedRun, RunningRun, UnendedRun, UnsuccessfulRun } from "../../backup/run.ts";
import type { Next, Verify } from "../../backup/settle.ts";

/** The run that waits, where waiting is what follows. @throws where anything else does. */
export function waiting(next: Next | Verify): UnendedRun {
  if (next.kind !== "wait") throw new Error(`expected to wait, got ${JSON.stringify(next)}`);
  return next.run;
}

/** The run that has ended, where the end is what follows. @throws where anything else does. */
export function ended(next: Next | Verify): EndedRun {
  if (next.kind !== "end") throw new Error(`expected an end, got ${JSON.stringify(next)}`);
  return next.run;
}

/** The run that has ended without success. @throws where anything else follows. */
export function unsuccessful(next: Next | Verify): UnsuccessfulRun {
  const run = ended(next);
  if (run.state === "Succeeded") throw new Error("expected no success, got one");
  return run;
}

/** The run that is still followed, with its job. @throws where anything else follows. */
export function stillRunning(next: Next | Verify): RunningRun {
  const run = waiting(next);
  if (run.state !== "InProgress") throw new Error("expected a job");
  return run;
}
