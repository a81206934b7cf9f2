import type { HttpHandler, HttpRequest, HttpResponseInit } from "@azure/functions";
import { CallFailed } from "../../backup/model/call-failed.ts";
import { RUN_STATES, type RunState } from "../../backup/model/run.ts";
import { quoted } from "../../backup/model/secret.ts";
import { InvalidInput } from "../../backup/model/validation.ts";
import type { Ports } from "../../backup/ports.ts";
import { listLastRuns, listRunsOf } from "../../backup/steps/find-runs.ts";
import type { AppPorts } from "../invocation.ts";
import { answering, errorAnswer } from "./answers.ts";
import { readCursor, writeCursor } from "./cursor.ts";

const USUAL_LIMIT = 50;
const LARGEST_LIMIT = 200;
const PARAMETERS = ["hsm", "state", "limit", "cursor"];
/** The portal appends the function key and its name to every URL. */
const KEY_PARAMETERS = ["code", "clientId"];

/** `GET /api/backups`: the runs of one HSM, page by page, or the last runs of all. */
export const listBackups = (ports: AppPorts): HttpHandler =>
  answering(ports, async (request, logged) => {
    const wanted = readQuery(request);
    return wanted.hsm === null ? lastRuns(logged, wanted) : runsOf(logged, wanted.hsm, wanted);
  });

type Query = {
  readonly hsm: string | null;
  readonly state: RunState | undefined;
  readonly limit: number;
  readonly cursor: string | null;
};

function readQuery({ query }: HttpRequest): Query {
  const unknown = [...query.keys()].find((name) => ![...PARAMETERS, ...KEY_PARAMETERS].includes(name));
  if (unknown !== undefined)
    throw new InvalidInput(`${quoted(unknown)}: expected a parameter among ${PARAMETERS.join(", ")}, got another`);
  return {
    hsm: query.get("hsm")?.toLowerCase() || null,
    state: readState(query.get("state")),
    limit: readLimit(query.get("limit")),
    cursor: query.get("cursor") || null,
  };
}

function readState(text: string | null): RunState | undefined {
  const state = RUN_STATES.find((word) => word === text);
  if (text && state === undefined)
    throw new InvalidInput(`state: expected one of ${RUN_STATES.join(", ")}, got ${quoted(text)}`);
  return state;
}

function readLimit(text: string | null): number {
  if (!text) return USUAL_LIMIT;
  const limit = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > LARGEST_LIMIT)
    throw new InvalidInput(`limit: expected a whole number from 1 to ${LARGEST_LIMIT}, got ${quoted(text)}`);
  return limit;
}

async function lastRuns(ports: Ports, { state, limit, cursor }: Query): Promise<HttpResponseInit> {
  if (cursor !== null) throw new InvalidInput("cursor: expected no cursor without hsm, got one");
  const { runs, unreadable } = await listLastRuns(ports, { state, limit });
  return { status: 200, jsonBody: { runs, cursor: null, unreadable } };
}

async function runsOf(ports: Ports, hsm: string, { state, limit, cursor }: Query): Promise<HttpResponseInit> {
  const marker = cursor === null ? undefined : readCursor(cursor, hsm, state ?? null);
  const page = await listPage(ports, hsm, { state, marker, limit });
  if (page === undefined)
    return errorAnswer(404, "hsmNotFound", "hsm: expected an HSM that is or was backed up, got another name");
  const next = page.marker === undefined ? null : writeCursor({ hsm, state: state ?? null, marker: page.marker });
  return { status: 200, jsonBody: { runs: page.runs, cursor: next } };
}

async function listPage(ports: Ports, hsm: string, wanted: Parameters<typeof listRunsOf>[2]) {
  try {
    return await listRunsOf(ports, hsm, wanted);
  } catch (thrown) {
    const isRefused = thrown instanceof CallFailed && thrown.failure.reason === "rejected";
    if (wanted.marker === undefined || !isRefused) throw thrown;
    throw new InvalidInput("cursor: expected a cursor that the ledger still accepts, got an old one");
  }
}
