import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const CARETAKER = fileURLToPath(new URL("./caretaker.ts", import.meta.url));
const PREFIX = "managed-hsm-backup-";
const REMOVE_TRIES = 10;

export type TemporaryFolder = { readonly path: string; readonly stop: () => Promise<void> };

/**
 * Makes a folder that only this user can open. `stop` takes it away; should this process die before, a caretaker process does.
 * @throws one sentence when the machine's temporary folder can't be written to.
 */
export async function makeTemporaryFolder(): Promise<TemporaryFolder> {
  const path = await mkdtemp(join(tmpdir(), PREFIX)).catch((cause: unknown) => {
    throw new Error(`No folder can be made in ${tmpdir()}: set TMPDIR to one that you may write to.`, { cause });
  });
  const caretaker = spawn(process.execPath, [CARETAKER, path], {
    stdio: ["pipe", "ignore", "ignore"],
    // A group of its own: a Ctrl-C meant for us doesn't end it too soon.
    detached: true,
    windowsHide: true,
  });
  // Without a caretaker the folder is still removed, by us.
  const gone = Promise.race([once(caretaker, "exit"), once(caretaker, "error")]).catch(() => undefined);
  caretaker.stdin?.on("error", () => undefined);
  return { path, stop: () => removeFolder(path, caretaker, gone) };
}

async function removeFolder(path: string, caretaker: ChildProcess, gone: Promise<unknown>): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true, maxRetries: REMOVE_TRIES, retryDelay: 100 });
  } finally {
    caretaker.stdin?.end();
    await gone;
  }
}
