import { randomUUID } from "node:crypto";
import { isFields } from "./installation.ts";

/** What a first backup needs. `wait` is in milliseconds. */
export type BackupDeps = {
  readonly appUrl: string;
  /** The function key: goes into a header and nowhere else. */
  readonly key: string;
  readonly say: (line: string) => void;
  readonly wait: (milliseconds: number) => Promise<void>;
};

const SECOND = 1_000;
const CALL_LIMIT = 60 * SECOND;
const USUAL_PAUSE_SECONDS = 10;
/** A new app, its code and its roles take minutes to become effective. */
const MOST_UNREADY_ANSWERS = 60;
/** An hour of looks: a role that becomes effective late still leaves the app time to retry. */
const MOST_LOOKS = 360;
const OK = 200;
const ENDS = ["Succeeded", "Failed", "Canceled", "TimedOut"];

/**
 * Starts a backup of an HSM that has none yet, and waits for its end.
 * @returns whether the HSM has a verified backup now
 */
export async function firstBackup(deps: BackupDeps, hsm: string): Promise<boolean> {
  const listed = await callUntilReady(deps, "GET", `/api/backups?hsm=${hsm}&state=Succeeded&limit=1`);
  if (listed?.status !== OK)
    return report(deps, hsm, `the app isn't ready (${reasonOf(listed)}); start a backup later with POST /api/backups`);
  const runs = isFields(listed.body) && Array.isArray(listed.body.runs) ? listed.body.runs : [];
  if (runs.length > 0) return report(deps, hsm, "has a verified backup already", true);

  const started = await callUntilReady(deps, "POST", "/api/backups", { hsm });
  if (started?.location === undefined) return report(deps, hsm, `no backup was started (${reasonOf(started)})`);
  deps.say(`${hsm}: ${started.status === 409 ? "a backup runs already" : "a backup was started"}: ${started.location}`);
  return waitForEnd(deps, hsm, started.location);
}

async function waitForEnd(deps: BackupDeps, hsm: string, location: string): Promise<boolean> {
  for (let look = 0; look < MOST_LOOKS; look++) {
    await deps.wait(USUAL_PAUSE_SECONDS * SECOND);
    const seen = await call(deps, "GET", location);
    const record = isFields(seen?.body) ? seen.body : {};
    const state = String(record.state);
    if (!ENDS.includes(state)) continue;
    const error = isFields(record.error)
      ? `: ${String(record.error.message)}; ${String(record.error.remedy ?? "")}`
      : "";
    return report(deps, hsm, `the first backup is ${state}${error}`, state === "Succeeded");
  }
  return report(deps, hsm, `the first backup still runs; look at GET ${location}`);
}

type Answer = { readonly status: number; readonly location: string | undefined; readonly body: unknown };

/** Repeats the call while the app isn't ready, and gives its last answer. The key makes a repeated start the same start. */
async function callUntilReady(
  deps: BackupDeps,
  method: string,
  path: string,
  body?: unknown,
): Promise<Answer | undefined> {
  const key = randomUUID();
  let answer: Answer | undefined;
  for (let n = 0; n < MOST_UNREADY_ANSWERS; n++) {
    answer = await call(deps, method, path, body, key);
    if (answer !== undefined && answer.status < 500 && answer.status !== 404 && answer.status !== 401) return answer;
    await deps.wait(USUAL_PAUSE_SECONDS * SECOND);
  }
  return answer;
}

/** Why an answer isn't the wanted one: its status, and the app's own message where it has one. */
function reasonOf(answer: Answer | undefined): string {
  if (answer === undefined) return "no answer";
  const error = isFields(answer.body) && isFields(answer.body.error) ? answer.body.error : {};
  return typeof error.message === "string" ? `HTTP ${answer.status}: ${error.message}` : `HTTP ${answer.status}`;
}

async function call(
  deps: BackupDeps,
  method: string,
  path: string,
  body?: unknown,
  key?: string,
): Promise<Answer | undefined> {
  // An address on another host isn't followed: the key would go with it.
  const url = new URL(path, deps.appUrl);
  if (url.origin !== new URL(deps.appUrl).origin) return undefined;
  const headers = { "x-functions-key": deps.key, ...(key && { "Idempotency-Key": key }) };
  try {
    const signal = AbortSignal.timeout(CALL_LIMIT);
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await fetch(url, { method, headers, signal, redirect: "error", ...sent });
    const text = await response.text();
    return { status: response.status, location: response.headers.get("location") ?? undefined, body: parsed(text) };
  } catch {
    return undefined;
  }
}

function report(deps: BackupDeps, hsm: string, what: string, isGood = false): boolean {
  deps.say(`${hsm}: ${what}`);
  return isGood;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
