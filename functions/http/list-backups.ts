import type { HttpHandler, HttpRequest } from "@azure/functions";
import { CallFailed } from "../../backup/model/call-failed.ts";
import { RUN_STATES, type RunState } from "../../backup/model/run.ts";
import { quoted } from "../../backup/model/secret.ts";
import { InvalidInput } from "../../backup/model/validation.ts";
import type { RunList } from "../../backup/model/views/listed-run.ts";
import type { Ports } from "../../backup/ports.ts";
import { listLastRuns, listRunsOf } from "../../backup/steps/find-runs.ts";
import type { AppPorts } from "../invocation.ts";
import { answering, taggedAnswer, unknownHsm } from "./answers.ts";
import { readCursor, writeCursor } from "./cursor.ts";
import { readNumber, refuseOthers } from "./query.ts";

const USUAL_LIMIT = 50;
const LARGEST_LIMIT = 200;
const PARAMETERS = ["hsm", "state", "limit", "cursor"];

/** `GET /api/backups`: the runs of one HSM, page by page, or the last runs of all. */
export const listBackups = (ports: AppPorts): HttpHandler =>
  answering(ports, async (request, logged) => {
    const wanted = readQuery(request);
    const list = wanted.hsm === null ? await lastRuns(logged, wanted) : await runsOf(logged, wanted.hsm, wanted);
    return list === undefined ? unknownHsm() : taggedAnswer(request, list);
  });

type Query = {
  readonly hsm: string | null;
  readonly state: RunState | undefined;
  readonly limit: number;
  readonly cursor: string | null;
};

function readQuery({ query }: HttpRequest): Query {
  refuseOthers(query, PARAMETERS);
  return {
    hsm: query.get("hsm")?.toLowerCase() || null,
    state: readState(query.get("state")),
    limit: readNumber(query, "limit", LARGEST_LIMIT) ?? USUAL_LIMIT,
    cursor: query.get("cursor") || null,
  };
}

function readState(text: string | null): RunState | undefined {
  const state = RUN_STATES.find((word) => word === text);
  if (text && state === undefined)
    throw new InvalidInput(`state: expected one of ${RUN_STATES.join(", ")}, got ${quoted(text)}`);
  return state;
}

async function lastRuns(ports: Ports, { state, limit, cursor }: Query): Promise<RunList> {
  if (cursor !== null) throw new InvalidInput("cursor: expected no cursor without hsm, got one");
  const { runs, unreadable } = await listLastRuns(ports, { state, limit });
  return { runs, cursor: null, unreadable };
}

async function runsOf(ports: Ports, hsm: string, { state, limit, cursor }: Query): Promise<RunList | undefined> {
  const marker = cursor === null ? undefined : readCursor(cursor, hsm, state ?? null);
  const page = await listPage(ports, hsm, { state, marker, limit });
  if (page === undefined) return undefined;
  const next = page.marker === undefined ? null : writeCursor({ hsm, state: state ?? null, marker: page.marker });
  return { runs: page.runs, cursor: next };
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
