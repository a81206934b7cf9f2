import type { HttpHandler, HttpRequest, HttpResponseInit } from "@azure/functions";
import { CallFailed } from "../backup/call-failed.ts";
import type { Deps } from "../backup/deps.ts";
import { BadField, shownName } from "../backup/fields.ts";
import { listLastRuns, listRunsOf } from "../backup/find-runs.ts";
import { isHsmName } from "../backup/hsm.ts";
import { readCard } from "../backup/ledger.ts";
import { RUN_STATES, type RunState } from "../backup/run.ts";
import { answering, errorAnswer } from "./answers.ts";
import { readCursor, writeCursor } from "./cursor.ts";
import { type AppDeps, withLog } from "./invocation-log.ts";

const USUAL_LIMIT = 50;
const LARGEST_LIMIT = 200;
// `code` is where a caller may put the function key.
const PARAMETERS = ["hsm", "state", "limit", "cursor", "code"];

/** `GET /api/backups`: the runs of one HSM, page by page, or the last runs of all. */
export const listBackups = (deps: AppDeps): HttpHandler =>
  answering(deps, async (request, context) => {
    const wanted = readQuery(request);
    const logged = withLog(deps, context);
    return wanted.hsm === null ? lastRuns(logged, wanted) : runsOf(logged, wanted.hsm, wanted);
  });

type Query = {
  readonly hsm: string | null;
  readonly state: RunState | undefined;
  readonly limit: number;
  readonly cursor: string | null;
};

function readQuery({ query }: HttpRequest): Query {
  const unknown = [...query.keys()].find((name) => !PARAMETERS.includes(name));
  if (unknown !== undefined)
    throw new BadField(shownName(unknown), `a parameter among ${PARAMETERS.slice(0, -1).join(", ")}`, "another");
  return {
    hsm: query.get("hsm") || null,
    state: readState(query.get("state")),
    limit: readLimit(query.get("limit")),
    cursor: query.get("cursor") || null,
  };
}

function readState(text: string | null): RunState | undefined {
  const state = RUN_STATES.find((word) => word === text);
  if (text && state === undefined) throw new BadField("state", `one of ${RUN_STATES.join(", ")}`, text);
  return state;
}

function readLimit(text: string | null): number {
  if (!text) return USUAL_LIMIT;
  const limit = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > LARGEST_LIMIT)
    throw new BadField("limit", `a whole number from 1 to ${LARGEST_LIMIT}`, text);
  return limit;
}

async function lastRuns(deps: Deps, { state, limit, cursor }: Query): Promise<HttpResponseInit> {
  if (cursor !== null) throw new BadField("cursor", "no cursor without hsm", "one");
  const { runs, unreadable } = await listLastRuns(deps, { state, limit });
  return { status: 200, jsonBody: { runs, cursor: null, unreadable } };
}

async function runsOf(deps: Deps, hsm: string, { state, limit, cursor }: Query): Promise<HttpResponseInit> {
  const marker = cursor === null ? undefined : readCursor(cursor, hsm, state ?? null);
  if (!(await isKnown(deps, hsm)))
    return errorAnswer(404, "hsmNotFound", "hsm: expected an HSM that is or was backed up, got another name");
  try {
    const page = await listRunsOf(deps, hsm, { state, marker, limit });
    const next = page.marker === undefined ? null : writeCursor({ hsm, state: state ?? null, marker: page.marker });
    return { status: 200, jsonBody: { runs: page.runs, cursor: next } };
  } catch (thrown) {
    if (marker === undefined || !(thrown instanceof CallFailed) || thrown.failure.reason !== "rejected") throw thrown;
    throw new BadField("cursor", "a cursor that the ledger still takes", "an old one");
  }
}

async function isKnown(deps: Deps, hsm: string): Promise<boolean> {
  if (deps.settings.hsms.some(({ name }) => name === hsm)) return true;
  return isHsmName(hsm) && (await readCard(deps, hsm)).outcome !== "absent";
}
