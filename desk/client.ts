import type * as v from "valibot";
import { SECOND } from "../backup/model/instant.ts";
import { type RunRecord, recordSchema } from "../backup/model/run.ts";
import type { Secret } from "../backup/model/secret.ts";
import { type CoverageAnswer, coverageSchema } from "../backup/model/views/coverage-view.ts";
import { type DoctorAnswer, doctorSchema } from "../backup/model/views/doctor-view.ts";
import { type HsmsAnswer, hsmsSchema } from "../backup/model/views/hsm-view.ts";
import { type RunList, runListSchema, type StartedRun, startedRunSchema } from "../backup/model/views/listed-run.ts";
import { type HealthAnswer, healthSchema } from "../backup/model/views/standing.ts";
import { type Came, readAnswer } from "./answer.ts";
import { thrownBy } from "./api-failed.ts";

/** Where the app is, and the key to it. */
export type Connection = {
  /** From the root of the app, without a slash at the end: `https://app.azurewebsites.net`. */
  readonly url: string;
  /** A function key; null for a local host, which asks for none. */
  readonly key: Secret | null;
  /** Ends a call that is waiting for its answer. */
  readonly signal?: AbortSignal;
};

export type RunsWanted = {
  readonly hsm?: string | undefined;
  readonly state?: string | undefined;
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
};
export type CoverageWanted = { readonly days?: number | undefined; readonly cursor?: string | undefined };

/** The API of the app. Every call throws ApiFailed, and gives only what has the shape that the app declares. */
export type Api = {
  readonly hsms: () => Promise<HsmsAnswer>;
  readonly coverage: (hsm: string, wanted: CoverageWanted) => Promise<CoverageAnswer>;
  readonly runs: (wanted: RunsWanted) => Promise<RunList>;
  readonly run: (hsm: string, id: string) => Promise<RunRecord>;
  /** @param idempotencyKey a repeated call with the same key finds the run that the first one started */
  readonly start: (hsm: string, idempotencyKey: string) => Promise<StartedRun>;
  readonly health: () => Promise<HealthAnswer>;
  readonly doctor: () => Promise<DoctorAnswer>;
};

/** An app that was asleep takes seconds to its first answer, and the doctor calls every service. */
const TIME_LIMIT = 60 * SECOND;
const OK = [200];
/** What is not well is answered 503, in the same shape. */
const OK_OR_NOT_WELL = [200, 503];

export function apiAt(connection: Connection): Api {
  const get = <Schema extends v.GenericSchema>(path: string, schema: Schema, statuses = OK) =>
    call(connection, path, { method: "GET" }, schema, statuses);
  return {
    hsms: () => get("/api/hsms", hsmsSchema),
    coverage: (hsm, wanted) => get(`/api/hsms/${part(hsm)}/coverage${query(wanted)}`, coverageSchema),
    runs: (wanted) => get(`/api/backups${query(wanted)}`, runListSchema),
    run: (hsm, id) => get(`/api/backups/${part(hsm)}/${part(id)}`, recordSchema),
    start: (hsm, idempotencyKey) => {
      const headers = { "content-type": "application/json", "idempotency-key": idempotencyKey };
      const request = { method: "POST", headers, body: JSON.stringify({ hsm }) };
      return call(connection, "/api/backups", request, startedRunSchema, [202]);
    },
    health: () => get("/api/health", healthSchema, OK_OR_NOT_WELL),
    doctor: () => get("/api/doctor", doctorSchema, OK_OR_NOT_WELL),
  };
}

const part = encodeURIComponent;

function query(wanted: Readonly<Record<string, string | number | undefined>>): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(wanted)) if (value !== undefined) given.set(name, String(value));
  return given.size === 0 ? "" : `?${given}`;
}

async function call<Schema extends v.GenericSchema>(
  { url, key, signal }: Connection,
  path: string,
  { method, headers, body }: { method: string; headers?: Readonly<Record<string, string>>; body?: string },
  schema: Schema,
  statuses: readonly number[],
): Promise<v.InferOutput<Schema>> {
  const name = `${method} ${url}${path}`;
  const limit = AbortSignal.timeout(TIME_LIMIT);
  const request: RequestInit = {
    method,
    headers: { accept: "application/json", ...headers, ...(key && { "x-functions-key": key.reveal() }) },
    ...(body !== undefined && { body }),
    // A key goes to the app and nowhere else.
    redirect: "manual",
    cache: "no-store",
    signal: signal === undefined ? limit : AbortSignal.any([limit, signal]),
  };
  return readAnswer(await answerTo(name, `${url}${path}`, request), schema, statuses);
}

async function answerTo(name: string, address: string, request: RequestInit): Promise<Came> {
  try {
    const response = await fetch(address, request);
    return { call: name, response, body: await response.text() };
  } catch (thrown) {
    throw thrownBy(name, thrown);
  }
}
