import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type Fields, fieldsOf, parseJson } from "../../../backup/fields.ts";

const read = (name: string): Fields =>
  fieldsOf(parseJson(readFileSync(new URL(`../../../${name}`, import.meta.url), "utf8"), name), name);
const within = (from: Fields, ...names: readonly string[]): Fields =>
  names.reduce((fields, name) => fieldsOf(fields[name], name), from);

const host = read("host.json");

test("the host sends what we log itself, in the mode in which sampling can be switched off: and it is off", () => {
  expect(host.telemetryMode).toBeUndefined();
  expect(within(host, "logging", "applicationInsights", "samplingSettings")).toEqual({ isEnabled: false });
});

test("no level of ours is filtered away: information is the lowest that we log", () => {
  const { Function: ours } = within(host, "logging", "logLevel");
  expect(ours).toBe("Information");
  expect(Object.keys(within(host, "logging", "logLevel")).filter((name) => name.startsWith("Function."))).toEqual([]);
});
