import type { ActiveRun } from "./card.ts";
import type { Deps } from "./deps.ts";
import { readRecord, type Stored, writeRecord } from "./ledger.ts";
import { makeRun } from "./make-run.ts";
import type { Run } from "./run.ts";

/** Makes the record of the card's run where there is none, and gives the one that stands there then. */
export async function createRecord(deps: Deps, hsm: string, active: ActiveRun): Promise<Stored<Run> | undefined> {
  const run = makeRun(hsm, active, deps.intervals.startGrace);
  const written = await writeRecord(deps, run, null);
  if (written.outcome === "written") return { value: run, etag: written.etag };
  const record = await readRecord(deps, hsm, active.id);
  return record.outcome === "run" ? { value: record.run, etag: record.etag } : undefined;
}
