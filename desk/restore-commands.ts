import { DAY, instantOf, millis } from "../backup/model/instant.ts";
import { isLoopback } from "../backup/model/names.ts";
import type { RunRecord } from "../backup/model/run.ts";

/**
 * How the HSM reads the container during a restore:
 * - `managedIdentity`: with the user-assigned identity that is attached to it
 * - `sas`: with a SAS that the operator signs first
 */
export const RESTORE_WAYS = ["managedIdentity", "sas"] as const;
export type RestoreWay = (typeof RESTORE_WAYS)[number];

/** The commands for one way, in order. Those of `runbooks/restore.md`, with the values of one backup. */
export type RestoreCommands = {
  /** Puts a SAS into the shell, where one is needed. */
  readonly prepare: string | null;
  /** Replaces everything in the HSM. */
  readonly whole: string;
  /** Restores one key with all its versions. */
  readonly oneKey: string;
};

/** Azure's rule for the name of a key. https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates */
const KEY_NAME = /^[0-9a-zA-Z-]{1,127}$/;
export const isKeyName = (text: string): boolean => KEY_NAME.test(text) && !text.startsWith("-");

/** Every value in a command needs no quotes in any shell, and can't be taken for an option. */
const PLAIN = /^[0-9a-zA-Z][\w.-]*$/;
const KEY_PLACEHOLDER = "<key>";
/** A delegation key, and so the SAS, lives seven days at most; a restore takes hours. */
const SAS_LIFETIME = DAY;

/**
 * The commands that restore the backup of a run, or why there are none.
 * @param key the key to restore alone; without one, the command has a placeholder
 */
export function restoreCommands(
  run: RunRecord,
  way: RestoreWay,
  now: Date,
  key = KEY_PLACEHOLDER,
): RestoreCommands | { readonly problem: string } {
  if (run.state !== "Succeeded") return { problem: `The run is ${run.state}: only a run that Succeeded has a backup.` };
  const account = accountOf(run.storageUrl);
  const folder = folderOf(run.folderUrl ?? "");
  const values = { account, container: run.container, folder };
  const odd = Object.entries(values).find(([, value]) => !PLAIN.test(value));
  if (odd !== undefined)
    return { problem: `The record of the run has an unusual ${odd[0]}: expected letters, digits, dots and hyphens.` };
  if (key !== KEY_PLACEHOLDER && !isKeyName(key))
    return { problem: "expected the name of a key, of letters, digits and hyphens, got another text" };
  const access = way === "sas" ? '--storage-container-SAS-token "$SAS"' : "--use-managed-identity true";
  const whole = `az keyvault restore start --hsm-name ${run.hsm} --storage-account-name ${account} --blob-container-name ${run.container} --backup-folder ${folder} ${access}`;
  const prepare = way === "sas" ? signSas(account, run.container, now) : null;
  return { prepare, whole, oneKey: `${whole} --key-name ${key}` };
}

const signSas = (account: string, container: string, now: Date): string =>
  `SAS=$(az storage container generate-sas --account-name ${account} --name ${container} --permissions rl --expiry ${minuteOf(millis(now) + SAS_LIFETIME)} --auth-mode login --as-user -o tsv)`;

/** `2026-11-24T02:00Z`, as `az` takes it. */
const minuteOf = (ms: number): string => `${instantOf(new Date(ms)).slice(0, "2026-11-24T02:00".length)}Z`;

/** The account is the first label of its host; on a loopback address, the first segment of the path. */
function accountOf(storageUrl: string): string {
  const url = new URL(storageUrl);
  const parts = isLoopback(url) ? url.pathname.split("/").slice(1) : url.hostname.split(".");
  return parts[0] ?? "";
}

/** The last part of the path: the folder's name in the container. */
const folderOf = (folderUrl: string): string =>
  folderUrl
    .replace(/[?#].*$/, "")
    .split("/")
    .at(-1) ?? "";
