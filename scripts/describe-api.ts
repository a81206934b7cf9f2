import { toJsonSchema, toJsonSchemaDefs } from "@valibot/to-json-schema";
import * as field from "../backup/model/fields.ts";
import { attemptSchema, recordSchema, runErrorSchema } from "../backup/model/run.ts";
import { coverageSchema, coverageSlotSchema } from "../backup/model/views/coverage-view.ts";
import { errorAnswerSchema } from "../backup/model/views/error-answer.ts";
import { hsmsSchema, hsmViewSchema } from "../backup/model/views/hsm-view.ts";
import { listedRunSchema, runListSchema, startedRunSchema } from "../backup/model/views/listed-run.ts";
import { healthSchema, hsmHealthSchema, problemSchema } from "../backup/model/views/standing.ts";
import { startRequestSchema } from "../functions/http/read-start-request.ts";
import { ROUTES, type Route } from "../functions/http/routes.ts";
import packageJson from "../package.json" with { type: "json" };

/** The schemas that have a name in the description. Every other one stands where it is used. */
const NAMED = {
  Instant: field.instant,
  RunId: field.runId,
  HsmName: field.hsmName,
  StartRequest: startRequestSchema,
  StartedRun: startedRunSchema,
  Run: recordSchema,
  Attempt: attemptSchema,
  RunError: runErrorSchema,
  RunList: runListSchema,
  ListedRun: listedRunSchema,
  Hsms: hsmsSchema,
  Hsm: hsmViewSchema,
  Coverage: coverageSchema,
  Slot: coverageSlotSchema,
  Health: healthSchema,
  HsmHealth: hsmHealthSchema,
  Problem: problemSchema,
  Error: errorAnswerSchema,
};
const CONVERSION = {
  target: "draft-2020-12",
  errorMode: "throw",
  overrideRef: ({ referenceId }: { readonly referenceId: string }) => refTo(referenceId),
} as const;

const refTo = (name: string): string => `#/components/schemas/${name}`;
const keyScheme = { type: "apiKey", in: "header", name: "x-functions-key", description: "A key of the Function app." };

type Json = Readonly<Record<string, unknown>>;
type Answer = Route["answers"][number];
const error = (description: string): Answer => ({ description, shapes: [errorAnswerSchema] });
/** The answers of every route. */
const ALWAYS: Route["answers"] = {
  401: { description: "The key is missing or wrong. The Functions host answers, without a body.", shapes: [] },
  500: error("A bug in the app: the log has its stack."),
  503: error("The settings, the ledger or a service keep the app from answering: the message has the remedy."),
};
const ETAG = { ETag: "The version of this answer, apart from `now` and `ageSeconds`." };
const IF_NONE_MATCH = {
  name: "If-None-Match",
  in: "header",
  description: "The `ETag` of an answer that the client has already.",
  schema: { type: "string" },
};

/** The description of the API in OpenAPI 3.1, as the text of the file that the app serves. */
export function describeApi(): string {
  const paths: Record<string, Json> = {};
  for (const [name, route] of Object.entries<Route>(ROUTES)) {
    const path = `/api/${route.route}`;
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(name, route) };
  }
  const document = {
    openapi: "3.1.1",
    info: {
      title: "Managed HSM backup",
      version: packageJson.version,
      description:
        "Full backups of Azure Key Vault Managed HSMs. No answer may be stored: all carry `Cache-Control: no-store`. The header `Date` is the app's clock.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/", description: "The root of the Function app" }],
    security: [{ functionKey: [] }],
    paths,
    components: {
      securitySchemes: { functionKey: keyScheme },
      schemas: toJsonSchemaDefs(NAMED, CONVERSION),
    },
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function operationOf(name: string, { isTagged = false, ...route }: Route): Json {
  const parameters = [...(route.parameters ?? []), ...(isTagged ? [IF_NONE_MATCH] : [])];
  const notModified = { 304: { description: "The client has this answer already.", shapes: [], headers: ETAG } };
  const answers: Route["answers"] = { ...ALWAYS, ...(isTagged && notModified), ...route.answers };
  const described = Object.entries(answers).map(([status, answer]) => {
    const isOk = status === "200" && isTagged;
    return [status, answerOf(isOk ? { ...answer, headers: ETAG } : answer)];
  });
  return {
    operationId: name,
    summary: route.summary,
    ...(route.description && { description: route.description }),
    ...(parameters.length > 0 && {
      parameters: parameters.map((each) => (each.in === "path" ? { ...each, required: true } : each)),
    }),
    ...(route.body && { requestBody: { required: true, content: contentOf([route.body]) } }),
    responses: Object.fromEntries(described),
  };
}

function answerOf({ description, shapes, headers = {} }: Answer): Json {
  const described = Object.entries(headers).map(([name, says]) => [
    name,
    { description: says, required: true, schema: { type: "string" } },
  ]);
  return {
    description,
    ...(described.length > 0 && { headers: Object.fromEntries(described) }),
    ...(shapes.length > 0 && { content: contentOf(shapes) }),
  };
}

function contentOf(shapes: readonly field.Schema[]): Json {
  const schemas = shapes.map(schemaOf);
  return { "application/json": { schema: schemas.length === 1 ? schemas[0] : { anyOf: schemas } } };
}

function schemaOf(shape: field.Schema): Json {
  const name = Object.entries<field.Schema>(NAMED).find(([, schema]) => schema === shape)?.[0];
  if (name !== undefined) return { $ref: refTo(name) };
  // The dialect is that of the document.
  const { $schema: _dialect, ...schema } = toJsonSchema(shape, CONVERSION);
  return schema;
}
