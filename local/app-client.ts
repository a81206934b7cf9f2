export type App = {
  readonly url: string;
  /** Sent in a header; never part of an address, which others log. */
  readonly key: string;
};

const ANSWER_WITHIN_MILLISECONDS = 100_000;
const CONFLICT = 409;

/**
 * Asks the app for a backup of an HSM.
 * @returns its run, or the one that is active already. @throws one sentence with its status and message otherwise.
 */
export async function startBackup(app: App, hsm: string, signal: AbortSignal): Promise<unknown> {
  const answer = await send(app, "POST", "/api/backups", signal, { hsm });
  const active = answer.headers.get("location");
  // A timer can fire first: a new HSM is due at once.
  if (answer.status === CONFLICT && active !== null) return call(app, "GET", active, signal);
  return bodyOf(answer, "POST", "/api/backups");
}

/** Asks the app for the state of a run. */
export const getRun = (app: App, hsm: string, id: string, signal: AbortSignal): Promise<unknown> =>
  call(app, "GET", `/api/backups/${encodeURIComponent(hsm)}/${encodeURIComponent(id)}`, signal);

async function call(app: App, method: string, path: string, signal: AbortSignal): Promise<unknown> {
  return bodyOf(await send(app, method, path, signal), method, path);
}

const send = (app: App, method: string, path: string, signal: AbortSignal, body?: object): Promise<Response> =>
  fetch(`${app.url}${path}`, {
    method,
    headers: { "x-functions-key": app.key, ...(body && { "content-type": "application/json" }) },
    signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MILLISECONDS)]),
    ...(body && { body: JSON.stringify(body) }),
  });

async function bodyOf(answer: Response, method: string, path: string): Promise<unknown> {
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path} was answered ${answer.status}: ${text || answer.statusText}`);
  const parsed: unknown = JSON.parse(text);
  return parsed;
}
