import type { CallFailure } from "./call-failed.ts";
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
  const listed =
    stored.value.storageUrl === deps.settings.storageUrl
      ? await seen(() => deps.countBlobs(container, folder), "count the blobs of a backup", container)
      : { failure: inAnotherAccount(stored.value) };
  return tellAndCarryOut(deps, stored, afterListing(stored.value, folderUrl, listed, clockOf(deps)), listed);
}

/** Only the settings' account can be listed: counting there would prove nothing of a backup in another one. */
const inAnotherAccount = ({ storageUrl, container }: RunningRun): CallFailure => ({
  operation: "count the blobs of a backup",
  target: container,
  reason: "noAnswer",
  status: null,
  code: "storageChanged",
  remedy: `This backup went to ${storageUrl}: set BACKUP_STORAGE_URL back to it until its runs have ended.`,
});

function tellAndCarryOut(deps: Deps, stored: Stored<RunningRun>, next: Next, looked: Seen<unknown>): Promise<void> {
  if (next.kind === "wait") deps.log(followed(next.run, "failure" in looked ? looked.failure : null));
  return carryOut(deps, stored, next);
}
