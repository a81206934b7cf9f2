import type { ActiveRun } from "./card.ts";
import { createRecord } from "./create-record.ts";
import type { Deps } from "./deps.ts";
import { endUnreadable } from "./end-unreadable.ts";
import { finishRun } from "./finish-run.ts";
import { millis } from "./instant.ts";
import { readRecord, type Stored } from "./ledger.ts";
import { leftAlone, woken } from "./log-events.ts";
import { isEnded, type Run } from "./run.ts";

/** The run on a card: finished where it has ended, woken where nobody follows it, given back to be ended where it is overdue. */
export async function tendRun(deps: Deps, hsm: string, active: ActiveRun): Promise<Stored<Run> | undefined> {
  const now = millis(deps.now());
  const { startGrace, unfollowedAfter, overdueGrace } = deps.intervals;
  const record = await readRecord(deps, hsm, active.id);
  switch (record.outcome) {
    case "absent":
      if (now > millis(active.deadlineAt) + overdueGrace) return createRecord(deps, hsm, active);
      if (now >= millis(active.at) + startGrace) await wake(deps, hsm, active.id, 0, "it has no record");
      return undefined;
    case "newer":
      deps.log(leftAlone(hsm, active.id, record.version));
      if (now <= millis(active.deadlineAt)) return undefined;
      await endDamaged(deps, hsm, active, { ...record, problem: `it is of a newer version, ${record.version}` });
      return undefined;
    case "unreadable":
      await endDamaged(deps, hsm, active, record);
      return undefined;
    case "run": {
      const { run, etag } = record;
      if (isEnded(run)) await finishRun(deps, run);
      else if (now > millis(run.deadlineAt) + overdueGrace) return { value: run, etag };
      else if (now > millis(run.nextAt) + unfollowedAfter) await wake(deps, hsm, run.id, run.seq, "nobody followed it");
      return undefined;
    }
  }
}

async function wake(deps: Deps, hsm: string, run: string, seq: number, why: string): Promise<void> {
  await deps.wakeLater({ hsm, run, seq }, 0, deps.intervals.wakeUpLifetime);
  deps.log(woken(hsm, run, seq, why));
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
