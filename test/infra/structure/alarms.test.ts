import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { EVENT_NAMES } from "../product-contract.ts";
import { fieldsAt, isFields, stringsIn, TEMPLATE } from "./template.ts";

const ALARMS = ["audit-dead-man", "failed", "ledger-foreign", "overdue", "poisoned", "resumed-too-often"].concat([
  "settings-rejected",
  "shrunk",
  "silent",
  "slow",
  "storage-dead-man",
]);
// https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-create-log-alert-rule: minutes that a log alert rule may have.
const FREQUENCIES = [1, 5, 10, 15, 30, 60, 120, 180, 240, 300, 360, 1440];
const WINDOWS = [1, 5, 10, 15, 30, 45, 60, 120, 180, 240, 300, 360, 1440, 2880];

const template = fieldsAt(TEMPLATE, "resources", "alarms", "properties", "template");
const variables = fieldsAt(template, "variables");
const loaded = (value: unknown): unknown => {
  const [, name] = typeof value === "string" ? (/^\[variables\('([^']+)'\)\]$/.exec(value) ?? []) : [];
  return name === undefined ? value : variables[name];
};
const queries = Object.entries(fieldsAt(variables, "queries")).map(([alarm, query]) => ({
  alarm,
  query: String(loaded(query)),
}));
const definitions = fieldsAt(loaded(variables.definitions));
const rule = fieldsAt(template, "resources", "rules");

const EVENT = /["']([a-z]+\.[a-z][A-Za-z]+)["']/g;
const eventsIn = (text: string) =>
  [...text.matchAll(EVENT)].flatMap(([, event]) => (event === undefined ? [] : [event]));

/** Minutes of `PT15M`, `PT2H`, `P2D`. */
function minutesOf(duration: unknown): number {
  const [, days = 0, hours = 0, minutes = 0] =
    /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?$/.exec(String(duration)) ?? [];
  return (Number(days) * 24 + Number(hours)) * 60 + Number(minutes);
}

describe("the alarms", () => {
  it("are all there, each with its definition", () => {
    expect(queries.map(({ alarm }) => alarm).toSorted()).toEqual(ALARMS);
    expect(Object.keys(definitions).toSorted()).toEqual(ALARMS);
    expect(rule.copy).toMatchObject({ count: "[length(items(variables('queries')))]" });
    expect(rule).not.toHaveProperty("condition");
  });

  it.each(ALARMS)("%s has a frequency, a window and a severity that the service allows", (alarm) => {
    const { frequency, window, severity } = fieldsAt(definitions, alarm);
    expect(FREQUENCIES).toContain(minutesOf(frequency));
    expect(WINDOWS).toContain(minutesOf(window));
    expect(minutesOf(window)).toBeGreaterThanOrEqual(minutesOf(frequency));
    expect([0, 1, 2, 3, 4]).toContain(severity);
  });

  it.each(queries)("$alarm asks what its .kql file says", ({ alarm, query }) => {
    expect(query).toBe(readFileSync(new URL(`../../../infra/alarms/${alarm}.kql`, import.meta.url), "utf8"));
  });

  it.each(queries)("$alarm asks only for events of the contract", ({ query }) => {
    const asked = eventsIn(query.replace(/^\s*\/\/.*$/gm, ""));
    expect(asked.filter((event) => !EVENT_NAMES.includes(event))).toEqual([]);
    if (query.includes("AppTraces")) expect(asked.length).toBeGreaterThan(0);
  });

  it("are the .kql files, word for word", () => {
    for (const { alarm, query } of queries) {
      const file = readFileSync(new URL(`../../../infra/alarms/${alarm}.kql`, import.meta.url), "utf8");
      expect(query.replaceAll("\r\n", "\n")).toBe(file);
    }
  });

  it("resolve by themselves, and are made where a table isn't there yet", () => {
    expect(rule.properties).toMatchObject({ autoMitigate: true, skipQueryValidation: true });
  });

  it("watch the template's own list of HSMs, and notify one action group", () => {
    const given = fieldsAt(TEMPLATE, "resources", "alarms", "properties", "parameters");
    expect(given.hsms).toEqual({ value: "[variables('hsms')]" });
    const groups = Object.values(fieldsAt(template, "resources")).filter(
      (each) => isFields(each) && each.type === "Microsoft.Insights/actionGroups",
    );
    expect(groups).toHaveLength(1);
    expect(stringsIn(rule.properties)).toContain("[variables('actionGroups')]");
  });
});
