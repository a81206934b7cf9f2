import { carryOut } from "./carry-out.ts";
import type { Deps } from "./deps.ts";
import type { Hsm } from "./hsm.ts";
import type { Stored } from "./ledger.ts";
import { followed } from "./log-events.ts";
import type { RunningRun } from "./run.ts";
import { clockOf, seen } from "./seen.ts";
import type { Next, Seen, Verify } from "./settle.ts";
import { afterListing, afterLook } from "./settle-look.ts";

/** A job: asks the HSM how it stands, lists and counts its blobs where it says `Succeeded`, and settles what follows. */
export async function lookAtJob(deps: Deps, hsm: Hsm, stored: Stored<RunningRun>): Promise<void> {
  const run = stored.value;
  const looked = await seen(() => deps.getBackupStatus(hsm, run.jobId), "look at a backup job", hsm.name);
  const next = afterLook(run, looked, clockOf(deps));
  if (next.kind === "verify") return verify(deps, stored, next);
  return tellAndCarryOut(deps, stored, next, looked);
}

async function verify(deps: Deps, stored: Stored<RunningRun>, { folder, folderUrl }: Verify): Promise<void> {
  const { container } = stored.value;
  const listed = await seen(() => deps.countBlobs(container, folder), "count the blobs of a backup", container);
  return tellAndCarryOut(deps, stored, afterListing(stored.value, folderUrl, listed, clockOf(deps)), listed);
}

function tellAndCarryOut(deps: Deps, stored: Stored<RunningRun>, next: Next, looked: Seen<unknown>): Promise<void> {
  if (next.kind === "wait") deps.log(followed(next.run, "failure" in looked ? looked.failure : null));
  return carryOut(deps, stored, next);
}
