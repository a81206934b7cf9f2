import type { ActiveRun } from "./card.ts";
import type { Deps } from "./deps.ts";
import { instantOf } from "./instant.ts";
import { keepDamaged, recordName, writeRecord } from "./ledger.ts";
import { repaired } from "./log-events.ts";
import { makeRun } from "./make-run.ts";
import { type EndedRun, endUnsuccessful } from "./run.ts";

/** Ends the card's run whose record can't be read: keeps the bytes, and writes what the card knows of it as `Failed`. */
export async function endUnreadable(
  deps: Deps,
  hsm: string,
  active: ActiveRun,
  damaged: { readonly body: Uint8Array; readonly etag: string; readonly problem: string },
): Promise<EndedRun | undefined> {
  const name = recordName(hsm, active.id);
  const keptAs = await keepDamaged(deps, name, damaged.body);
  deps.log(repaired(name, damaged.problem, keptAs));
  const run = endUnsuccessful(
    makeRun(hsm, active, deps.intervals.startGrace),
    "Failed",
    {
      code: "recordUnreadable",
      message: `The record of this run couldn't be read (${damaged.problem}); its bytes are kept as ${keptAs}.`,
      inner: [],
      remedy: "Find out who else writes to the ledger; the next try of this slot follows by itself.",
    },
    instantOf(deps.now()),
  );
  const written = await writeRecord(deps, run, damaged.etag);
  return written.outcome === "written" ? run : undefined;
}
