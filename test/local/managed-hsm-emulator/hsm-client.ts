import { HSM_RESOURCE, tokenFor } from "../../token-credential.ts";
import { until } from "../../until.ts";

export type Reply = { readonly status: number; readonly headers: Headers; readonly body: Record<string, unknown> };

export type CallOptions = {
  readonly body?: unknown;
  readonly version?: string | null;
  /** The whole header; null: none. */
  readonly authorization?: string | null;
  /** Others than `authorization`. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
};

/** One HTTP call to an HSM, written from the REST reference. */
export async function call(base: string, method: string, path: string, options: CallOptions = {}): Promise<Reply> {
  const { body, version = "7.4", authorization = `Bearer ${tokenFor(HSM_RESOURCE)}`, headers, signal } = options;
  const query = version === null ? "" : `?api-version=${version}`;
  const response = await fetch(`${base}/${path}${query}`, {
    method,
    headers: { ...headers, ...(authorization === null ? {} : { authorization }) },
    ...(signal === undefined ? {} : { signal }),
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  return { status: response.status, headers: response.headers, body: asRecord(await response.text()) };
}

/** The code of a refusal's error. */
export const errorCode = (reply: Reply): unknown => asObject(reply.body.error).code;

/** Follows a job to its end. */
export async function follow(
  base: string,
  started: Reply,
  kind: "backup" | "restore",
): Promise<Record<string, unknown>> {
  if (started.status !== 202) throw new Error(`Not started: ${started.status} ${JSON.stringify(started.body)}`);
  return await until(`the end of ${kind} ${started.body.jobId}`, async () => {
    const look = await call(base, "GET", `${kind}/${started.body.jobId}/pending`);
    return look.body.status === "InProgress" ? undefined : look.body;
  });
}

export async function backUp(
  base: string,
  storageResourceUri: string,
  token: string,
): Promise<Record<string, unknown>> {
  return await follow(base, await call(base, "POST", "backup", { body: { storageResourceUri, token } }), "backup");
}

/** Calls the control address of the HSM whose base URL is `base`. */
export async function control(base: string, method: string, what: string, body?: unknown): Promise<Reply> {
  const { origin, pathname } = new URL(base);
  const response = await fetch(`${origin}/_control${pathname}/${what}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, headers: response.headers, body: asRecord(await response.text()) };
}

export const asObject = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value)) : {};

export const asList = (value: unknown): readonly Record<string, unknown>[] =>
  Array.isArray(value) ? value.map(asObject) : [];

const asRecord = (text: string): Record<string, unknown> => (text === "" ? {} : asObject(JSON.parse(text)));
