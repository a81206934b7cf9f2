import { isLoopback } from "../../backup/model/names.ts";
import { type Secret, secret } from "../../backup/model/secret.ts";
import type { Connection } from "../client.ts";
import { wrong } from "./failure.ts";
import type { Shell } from "./shell.ts";

export type ConnectionOptions = { readonly url?: string; readonly keyFile?: string };

/** The app's address and key: from the flags first, then from the environment. @throws CommandFailed */
export async function readConnection(options: ConnectionOptions, shell: Shell): Promise<Connection> {
  const { env, signal } = shell;
  const url = readUrl(options.url ?? env.MHSM_BACKUP_URL);
  const key = await readKey(options.keyFile, shell);
  if (key === null && !isLoopback(new URL(url)))
    throw wrong("No key is given: expected --key-file, MHSM_BACKUP_KEY_FILE or MHSM_BACKUP_KEY.");
  return { url, key, signal };
}

const EXPECTED = "expected the address of the app, https://<app>.azurewebsites.net";

// What is wrong with an address is told without the address: it may hold a key (`?code=`) or a password.
function readUrl(text: string | undefined): string {
  if (!text) throw wrong(`No address is given: ${EXPECTED}, in --url or MHSM_BACKUP_URL.`);
  if (!URL.canParse(text)) throw wrong(`--url: ${EXPECTED}, got no URL.`);
  const url = new URL(text);
  const { protocol, username, password, search, hash } = url;
  if (protocol !== "https:" && !(protocol === "http:" && isLoopback(url)))
    throw wrong(`--url: ${EXPECTED}; http is for a local address only.`);
  if (`${username}${password}${search}${hash}` !== "")
    throw wrong(`--url: ${EXPECTED}, got more in it. A key belongs into a file (--key-file), not into an address.`);
  const path = url.pathname.replace(/\/+$/, "");
  // The runbooks' $URL ends with the prefix of the routes.
  if (path !== "" && path !== "/api") throw wrong(`--url: ${EXPECTED} without a path.`);
  return url.origin;
}

async function readKey(keyFile: string | undefined, { env, readFile }: Shell): Promise<Secret | null> {
  const file = keyFile ?? env.MHSM_BACKUP_KEY_FILE;
  if (file) return keyIn(await textOf(file, readFile), "the key file");
  return env.MHSM_BACKUP_KEY ? keyIn(env.MHSM_BACKUP_KEY, "MHSM_BACKUP_KEY") : null;
}

async function textOf(file: string, readFile: Shell["readFile"]): Promise<string> {
  try {
    return await readFile(file);
  } catch (thrown) {
    const code = thrown instanceof Error && "code" in thrown ? String(thrown.code) : "unknown error";
    // The name may be the key itself, by mistake.
    throw wrong(`The key file can't be read (${code}): expected --key-file or MHSM_BACKUP_KEY_FILE to name a file.`);
  }
}

function keyIn(text: string, where: string): Secret {
  const key = text.trim();
  if (/^[\x21-\x7e]{1,1024}$/.test(key)) return secret(key);
  throw wrong(`${where}: expected a function key in one line, got ${key === "" ? "nothing" : "another text"}.`);
}
