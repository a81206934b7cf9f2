import type { Clock } from "../../../backup/decide/next-look.ts";
import { after } from "../../../backup/model/instant.ts";
import { INTERVALS } from "../../../backup/model/intervals.ts";
import type { InProgressRun, Run } from "../../../backup/model/run.ts";
import { STARTED } from "../samples.ts";

/** The clock `ms` milliseconds after the sample run was started. `jobSeconds`: the history, empty by default. */
export const at = (ms: number, jobSeconds: readonly number[] = []): Clock => ({
  now: new Date(after(STARTED, ms)),
  intervals: INTERVALS,
  jobSeconds,
});

/** A run whose job is still followed. @throws where anything else follows */
export function running(next: Run | { readonly run: InProgressRun }): InProgressRun {
  if ("state" in next && next.state === "InProgress") return next;
  throw new Error(`Expected a run in progress, got ${JSON.stringify(next)}.`);
}
