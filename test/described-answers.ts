import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { type Fields, fieldsOf, list, parseFields } from "../scripts/json.ts";

/** The committed description of the API. */
export const DESCRIPTION = parseFields(
  readFileSync(new URL("../functions/http/openapi.json", import.meta.url), "utf8"),
  "description",
);
const PARAMETER = /\{[^}]+\}/g;
const ROOT = "description";
const SERVER_ERROR = 500;

/** An operation of the description, where it stands in it, and which requests are its own. */
export type Operation = {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly Fields[];
  readonly answers: Fields;
};

export const OPERATIONS: readonly Operation[] = Object.entries(fieldsOf(DESCRIPTION.paths, "paths")).flatMap(
  ([path, item]) =>
    Object.entries(fieldsOf(item, path)).map(([method, described]) => {
      const operation = fieldsOf(described, path);
      const parameters = operation.parameters === undefined ? [] : list(operation, "parameters");
      const answers = fieldsOf(operation.responses, "responses");
      return { id: String(operation.operationId), method: method.toUpperCase(), path, parameters, answers };
    }),
);

// Answers only: formats are not used, and OpenAPI's own words beside a schema mean nothing to ajv.
const ajv = new Ajv2020({ strict: false, validateSchema: false, allErrors: true }).addSchema(DESCRIPTION, ROOT);

export type SentAnswer = { readonly status: number; readonly headers: Headers; readonly text: string };

/** The operation of a request. @throws where the description has none */
export function operationOf(method: string, path: string): Operation {
  const { pathname } = new URL(path, "https://app.example");
  const fits = (template: string): boolean =>
    new RegExp(`^${template.replaceAll(".", "\\.").replace(PARAMETER, "[^/]+")}$`).test(pathname);
  const found = OPERATIONS.find((each) => each.method === method && fits(each.path));
  if (found === undefined) throw new Error(`${method} ${pathname} is not described.`);
  return found;
}

export function operationNamed(id: string): Operation {
  const found = OPERATIONS.find((each) => each.id === id);
  if (found === undefined) throw new Error(`The operation ${id} is not described.`);
  return found;
}

/** @throws where the description doesn't have the answer's status, a header that it promises is missing, or the body is another */
export function checkDescribed({ id, method, path, answers }: Operation, { status, headers, text }: SentAnswer): void {
  const problem = (what: string): Error => new Error(`${id} was answered ${status}, ${what}: ${text.slice(0, 300)}`);
  if (answers[status] === undefined) throw problem("which is not described");
  const { content, headers: promised = {} } = fieldsOf(answers[status], "answer");
  const missing = Object.keys(fieldsOf(promised, "headers")).filter((name) => !headers.has(name));
  if (missing.length > 0) throw problem(`without ${missing.join(", ")}`);
  // An answer of the Functions host itself has no body: it refuses a key, is stopping, or the handler has thrown.
  if (text === "" && (content === undefined || status >= SERVER_ERROR)) return;
  if (content === undefined) throw problem("where no body is described");
  const pointer = ["paths", path, method.toLowerCase(), "responses", status, "content", "application/json", "schema"];
  const isValid = ajv.getSchema(`${ROOT}#/${pointer.map(escaped).join("/")}`);
  if (isValid === undefined) throw problem("whose schema is missing");
  if (isValid(JSON.parse(text)) !== true) throw problem(ajv.errorsText(isValid.errors));
}

const escaped = (part: string | number): string =>
  encodeURIComponent(String(part).replaceAll("~", "~0").replaceAll("/", "~1"));
