import { listedEnd } from "./active-from-listing.ts";
import type { ActiveRun, EndedSummary } from "./card.ts";
import { createRecord } from "./create-record.ts";
import type { Deps } from "./deps.ts";
import { endUnreadable } from "./end-unreadable.ts";
import { finishListed, finishRun } from "./finish-run.ts";
import { type Instant, instantOf, isAhead, millis } from "./instant.ts";
import { blobTooLarge, listedRun, readRecord, recordName, type Stored } from "./ledger.ts";
import { leftAlone, stepFailed, woken } from "./log-events.ts";
import { isEnded, type Run } from "./run.ts";
import type { RunId } from "./run-id.ts";

/**
 * A run that reconcile found: finished where it has ended, woken where nobody follows it. Given back to be taken on at
 * once where it is overdue, or where it can't be woken: a queue that is down holds no run up.
 */
export async function tendRun(deps: Deps, hsm: string, active: ActiveRun): Promise<Stored<Run> | undefined> {
  const now = millis(deps.now());
  const { startGrace, unfollowedAfter, overdueGrace } = deps.intervals;
  const record = await readRecord(deps, hsm, active.id);
  switch (record.outcome) {
    case "absent":
      if (now > millis(active.deadlineAt) + overdueGrace) return createRecord(deps, hsm, active);
      if (now < millis(active.at) + startGrace && !isAhead(active.at, deps.now())) return undefined;
      if (await wake(deps, hsm, active.id, 0, "it has no record")) return undefined;
      return createRecord(deps, hsm, active);
    case "newer":
      deps.log(leftAlone(hsm, active.id, record.version));
      if (await finishedInListing(deps, hsm, active.id)) return undefined;
      if (now <= millis(active.deadlineAt)) return undefined;
      await endDamaged(deps, hsm, active, { ...record, problem: `it is of a newer version, ${record.version}` });
      return undefined;
    case "unreadable":
      await endDamaged(deps, hsm, active, record);
      return undefined;
    case "tooLarge":
      // Nothing may be written in its place: the run ends on its card alone.
      deps.log(stepFailed("read a record", { hsm, run: active.id }, blobTooLarge(recordName(hsm, active.id))));
      await finishListed(deps, hsm, failedOnCard(active, instantOf(deps.now())));
      return undefined;
    case "run": {
      const { run, etag } = record;
      if (isEnded(run)) {
        await finishRun(deps, run);
        return undefined;
      }
      if (now > millis(run.deadlineAt) + overdueGrace) return { value: run, etag };
      if (now <= millis(run.nextAt) + unfollowedAfter) return undefined;
      return (await wake(deps, hsm, run.id, run.seq, "nobody followed it")) ? undefined : { value: run, etag };
    }
  }
}

function failedOnCard({ id, slot, trigger, key, at }: ActiveRun, endedAt: Instant): EndedSummary {
  return { id, slot, trigger, key, state: "Failed", startedAt: at, endedAt, blobCount: null, bytes: null };
}

/** Whether a run has ended by what a newer app wrote beside its record, for any version to read; then it is finished. */
export async function finishedInListing(deps: Deps, hsm: string, id: RunId): Promise<boolean> {
  const { blobs } = await deps.listBlobs(recordName(hsm, id), undefined, 1);
  const listed = blobs[0] && listedRun(hsm, blobs[0]);
  const end = listed && listedEnd(listed);
  if (end !== undefined) await finishListed(deps, hsm, end);
  return end !== undefined;
}

/** Whether the wake-up was sent. */
async function wake(deps: Deps, hsm: string, run: string, seq: number, why: string): Promise<boolean> {
  try {
    await deps.wakeLater({ hsm, run, seq }, 0, deps.intervals.wakeUpLifetime);
  } catch (thrown) {
    deps.log(stepFailed("wake a run", { hsm, run }, thrown));
    return false;
  }
  deps.log(woken(hsm, run, seq, why));
  return true;
}

async function endDamaged(
  deps: Deps,
  hsm: string,
  active: ActiveRun,
  damaged: { readonly body: Uint8Array; readonly etag: string; readonly problem: string },
): Promise<void> {
  const run = await endUnreadable(deps, hsm, active, damaged);
  if (run !== undefined) await finishRun(deps, run);
}
