export type App = {
  readonly url: string;
  /** Sent in a header; never part of an address, which others log. */
  readonly key: string;
};

const ANSWER_WITHIN_MILLISECONDS = 100_000;

/**
 * Asks the app for a backup of an HSM.
 * @returns the run as the app answered it. @throws one sentence with its status and message otherwise.
 */
export const startBackup = (app: App, hsm: string, signal: AbortSignal): Promise<unknown> =>
  call(app, "POST", "/api/backups", signal, { hsm });

/** Asks the app how a run stands. */
export const getRun = (app: App, hsm: string, id: string, signal: AbortSignal): Promise<unknown> =>
  call(app, "GET", `/api/backups/${encodeURIComponent(hsm)}/${encodeURIComponent(id)}`, signal);

async function call(app: App, method: string, path: string, signal: AbortSignal, body?: object): Promise<unknown> {
  const answer = await fetch(`${app.url}${path}`, {
    method,
    headers: { "x-functions-key": app.key, ...(body && { "content-type": "application/json" }) },
    signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MILLISECONDS)]),
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path} was answered ${answer.status}: ${text || answer.statusText}`);
  const parsed: unknown = JSON.parse(text);
  return parsed;
}
