import type { HttpMethod } from "@azure/functions";
import * as field from "../../backup/model/fields.ts";
import { RUN_STATES, recordSchema } from "../../backup/model/run.ts";
import { coverageSchema } from "../../backup/model/views/coverage-view.ts";
import { doctorSchema } from "../../backup/model/views/doctor-view.ts";
import { errorAnswerSchema } from "../../backup/model/views/error-answer.ts";
import { hsmsSchema } from "../../backup/model/views/hsm-view.ts";
import { runListSchema, startedRunSchema } from "../../backup/model/views/listed-run.ts";
import { healthSchema } from "../../backup/model/views/standing.ts";
import { startRequestSchema } from "./read-start-request.ts";

/** A parameter; `schema` is JSON Schema. One in the path is required, any other may be left out. */
type Parameter = {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly description: string;
  readonly schema: Readonly<Record<string, unknown>>;
};
/** An answer of one of these shapes, or without a body. `headers` are always there, and described by name. */
type Answer = {
  readonly description: string;
  readonly shapes: readonly field.Schema[];
  readonly headers?: Readonly<Record<string, string>>;
};

/** A route with everything that the API's description says of it. What is the same for all routes is added there. */
export type Route = {
  readonly method: HttpMethod;
  readonly route: string;
  readonly summary: string;
  readonly description?: string;
  readonly parameters?: readonly Parameter[];
  readonly body?: field.Schema;
  /** With an `ETag`, and 304 to a client that has the answer already. */
  readonly isTagged?: boolean;
  readonly answers: Readonly<Record<number, Answer>>;
};

const answer = (description: string, ...shapes: readonly field.Schema[]): Answer => ({ description, shapes });
const error = (description: string): Answer => answer(description, errorAnswerSchema);

const TEXT = { type: "string" };
const hsm: Parameter = { name: "hsm", in: "path", description: "The name of an HSM, in any case.", schema: TEXT };
const cursor: Parameter = {
  name: "cursor",
  in: "query",
  description: "Continues a list: the `cursor` of its last page.",
  schema: TEXT,
};

const START_HEADERS = {
  Location: "The address of the run, from the root of the app.",
  "Retry-After": "Seconds to wait before the next look at the run.",
};
/** Every route of the API. `npm run openapi` writes its description from this table. */
export const ROUTES = {
  manualBackup: {
    method: "POST",
    route: "backups",
    summary: "Start a backup",
    description: "The run is accepted or refused at once, and goes on without the client: look at it by its address.",
    parameters: [
      {
        name: "Idempotency-Key",
        in: "header",
        description:
          "A start that is repeated with its key, before the deadline of its run, is answered with that run.",
        schema: { ...TEXT, pattern: "^[!-~]{1,255}$" },
      },
    ],
    body: startRequestSchema,
    answers: {
      202: { ...answer("The run.", recordSchema, startedRunSchema), headers: START_HEADERS },
      400: error("The request is wrong: the message names the field, what was expected and what was got."),
      404: error("No HSM of this name is configured."),
      409: { ...error("A backup of this HSM is running."), headers: START_HEADERS },
      411: error("The body was sent in chunks: send it with `Content-Length`."),
    },
  },
  listBackups: {
    method: "GET",
    route: "backups",
    summary: "List runs",
    description: "The runs of one HSM, newest first and page by page; without `hsm` the last runs of every HSM.",
    parameters: [
      { ...hsm, in: "query" },
      { name: "state", in: "query", description: "Only runs in this state.", schema: { ...TEXT, enum: RUN_STATES } },
      {
        name: "limit",
        in: "query",
        description: "The most runs of a page.",
        schema: { type: "integer", minimum: 1, maximum: 200, default: 50 },
      },
      cursor,
    ],
    isTagged: true,
    answers: {
      200: answer("A page of runs.", runListSchema),
      400: error("A parameter is wrong: the message names it."),
      404: error("No HSM of this name is or was backed up."),
    },
  },
  getBackup: {
    method: "GET",
    route: "backups/{hsm}/{run}",
    summary: "Read a run",
    parameters: [hsm, { name: "run", in: "path", description: "The id of the run.", schema: TEXT }],
    isTagged: true,
    answers: {
      200: answer("The run.", recordSchema),
      404: error("The HSM has no such run."),
      409: error("The record of the run can't be read."),
    },
  },
  health: {
    method: "GET",
    route: "health",
    summary: "Check the health of the app",
    answers: {
      200: answer("Every HSM has a backup that is not too old.", healthSchema),
      503: answer("An HSM is overdue, a setting is rejected, or the app can't work.", healthSchema, errorAnswerSchema),
    },
  },
  hsms: {
    method: "GET",
    route: "hsms",
    summary: "List the HSMs",
    description: "Every HSM that is configured or was backed up, those that need the operator first.",
    isTagged: true,
    answers: { 200: answer("The HSMs.", hsmsSchema) },
  },
  coverage: {
    method: "GET",
    route: "hsms/{hsm}/coverage",
    summary: "Show which slots are covered",
    description: "What became of each slot of the schedule in the last days, newest first.",
    parameters: [
      hsm,
      {
        name: "days",
        in: "query",
        description: "How many days back.",
        schema: { type: "integer", minimum: 1, maximum: 366, default: 90 },
      },
      cursor,
    ],
    isTagged: true,
    answers: {
      200: answer("A page of slots.", coverageSchema),
      400: error("A parameter is wrong: the message names it."),
      404: error("No HSM of this name is or was backed up."),
    },
  },
  doctor: {
    method: "GET",
    route: "doctor",
    summary: "Try everything that a backup needs",
    description: "The app tries it with its own identity, and leaves nothing behind.",
    answers: { 200: answer("What was tried, what was found, and the command that mends what is wrong.", doctorSchema) },
  },
  openapi: {
    method: "GET",
    route: "openapi.json",
    summary: "Describe this API",
    answers: { 200: answer("This document.", field.shape({ openapi: field.text })) },
  },
} as const satisfies Readonly<Record<string, Route>>;
export type RouteName = keyof typeof ROUTES;
