import { readFileSync } from "node:fs";
import { createConfig, lint } from "@redocly/openapi-core";
import { describe, expect, test } from "vitest";
import { ROUTES } from "../../functions/http/routes.ts";
import { describeApi } from "../../scripts/describe-api.ts";
import { checkDescribed, DESCRIPTION, OPERATIONS, operationNamed, operationOf } from "../described-answers.ts";
import { makeProductWorld } from "../steps/product-world.ts";
import { makeApp } from "./app-handlers.ts";

const FILE = new URL("../../functions/http/openapi.json", import.meta.url).pathname;
const PAGE = new URL("../../docs/api.md", import.meta.url);
const TEMPLATE = /\{([^}]+)\}/g;

/** A page for people, which is no part of the API. */
const STATUS_PAGE = "GET status anonymous";

describe("the description of the API", () => {
  test("is what `npm run openapi` makes", () => {
    expect(readFileSync(FILE, "utf8")).toBe(describeApi());
  });

  test("has no finding of Redocly's recommended rules", async () => {
    const config = await createConfig({ extends: ["recommended"] });
    const findings = await lint({ ref: FILE, config });
    expect(findings.map(({ ruleId, message, location }) => [ruleId, message, location[0]?.pointer])).toEqual([]);
  });

  test("has the operations that the app registers, each with its method and path", () => {
    const { routes } = makeApp(makeProductWorld().ports);
    const described = OPERATIONS.map(({ method, path }) => `${method} ${path.replace("/api/", "")} function`);
    expect(described.toSorted()).toEqual(routes.filter((route) => route !== STATUS_PAGE).toSorted());
    expect(OPERATIONS.map(({ id }) => id).toSorted()).toEqual(Object.keys(ROUTES).toSorted());
  });

  test.each(OPERATIONS)("names every parameter in the path of $id", ({ path, parameters }) => {
    const inPath = parameters.filter((each) => each.in === "path");
    expect(inPath.map(({ name }) => name)).toEqual([...path.matchAll(TEMPLATE)].map(([, name]) => name));
    expect(inPath.every(({ required }) => required === true)).toBe(true);
  });

  test.each(OPERATIONS)("has $id, which docs/api.md lists too", ({ method, path }) => {
    expect(readFileSync(PAGE, "utf8")).toContain(`| \`${method} ${path}`);
  });

  test("is served", async () => {
    const { ask } = makeApp(makeProductWorld().ports);
    expect(await ask("openapi")).toMatchObject({ status: 200, body: DESCRIPTION });
  });
});

describe("an answer that is not described", () => {
  const coverage = operationNamed("coverage");
  const error = JSON.stringify({ error: { code: "hsmNotFound", message: "hsm: expected another" } });
  const sent = (status: number, text: string, headers = {}) => ({ status, text, headers: new Headers(headers) });

  test.each([
    ["of another status", sent(418, error), /418, which is not described/],
    ["of another shape", sent(404, '{"error":"hsmNotFound"}'), /error must be object/],
    ["without a field", sent(200, "{}", { etag: 'W/"a"' }), /must have required property 'slots'/],
    ["without a header", sent(200, "{}"), /without ETag/],
    ["with a body where none is described", sent(304, "{}", { etag: 'W/"a"' }), /no body is described/],
    ["without a body", sent(404, ""), /Unexpected end of JSON/],
  ])("%s is found", (_what, answer, problem) => {
    expect(() => checkDescribed(coverage, answer)).toThrow(problem);
  });

  test("of another path is found", () => {
    expect(() => operationOf("GET", "/api/hsms/contoso")).toThrow("GET /api/hsms/contoso is not described.");
    expect(() => operationOf("POST", "/api/hsms")).toThrow("is not described");
    expect(operationOf("GET", "/api/hsms/contoso/coverage?days=3").id).toBe("coverage");
  });

  test("is none where it is described", () => {
    expect(() => checkDescribed(coverage, sent(404, error))).not.toThrow();
    expect(() => checkDescribed(coverage, sent(401, ""))).not.toThrow();
  });
});
