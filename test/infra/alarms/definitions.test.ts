import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { DAY, HOUR, MINUTE } from "../durations.ts";
import { bind } from "../kql/bind.ts";
import { SCHEMAS } from "../kql/schemas.ts";
import { EVENT_NAMES, FIELD_NAMES } from "../product-contract.ts";
import {
  alarmRules,
  DEAD_MEN,
  LONGEST_RANGE_HOURS,
  MOST_ALERTS,
  milliseconds,
  readDefinitions,
} from "./alarm-rules.ts";

const FOLDER = new URL("../../../infra/alarms/", import.meta.url);
const BICEP = readFileSync(new URL("alarms.bicep", FOLDER), "utf8");
const ALARMS = [...readDefinitions()];

// https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-create-log-alert-rule
const FREQUENCIES = [
  ...[5, 10, 15, 30, 45].map((each) => each * MINUTE),
  ...[1, 2, 3, 4, 5, 6, 24].map((each) => each * HOUR),
];
const WINDOWS = [...FREQUENCIES, 2 * DAY];
const TWO_TABLES = "audit-dead-man";
/** Of AzureDiagnostics: a column that is there only once some resource has written it. */
const DYNAMIC_COLUMN = /_[a-z]$/;
/** A table that isn't there, in a fuzzy union: what that is for. */
const FUZZY = "KS205";

describe("definitions.json", () => {
  test("has one alarm for each query, which alarms.bicep loads by that name", () => {
    const files = readdirSync(FOLDER).filter((file) => file.endsWith(".kql"));
    expect(files.toSorted()).toEqual(ALARMS.map(([alarm]) => `${alarm}.kql`).toSorted());
    const loaded = [...BICEP.matchAll(/^ {2}'?([a-z-]+)'?: loadTextContent\('(.+)\.kql'\)$/gm)].map(
      ([, name, file]) => [name, file],
    );
    expect(loaded).toEqual(ALARMS.map(([alarm]) => [alarm, alarm]));
  });

  test.each(ALARMS)(
    "gives %s a frequency and a window that the service allows",
    (_alarm, { frequency, window, severity }) => {
      expect(FREQUENCIES).toContain(milliseconds(frequency));
      expect(WINDOWS).toContain(milliseconds(window));
      expect(milliseconds(frequency)).toBeLessThanOrEqual(milliseconds(window));
      expect([0, 1, 2, 3, 4]).toContain(severity);
    },
  );

  test.each(ALARMS)("gives a reason for each number of %s", (alarm) => {
    const read: unknown = JSON.parse(readFileSync(new URL("definitions.json", FOLDER), "utf8"));
    const reason = expect.stringMatching(/\.$/);
    expect(read).toHaveProperty(
      alarm,
      expect.objectContaining({
        severityReason: reason,
        frequencyReason: reason,
        windowReason: reason,
        limitReason: reason,
      }),
    );
  });

  test("means what alarms.bicep makes of it", () => {
    expect(BICEP).toContain(`var mostAlerts = ${MOST_ALERTS}`);
    expect(BICEP).toContain(`var longestRangeHours = ${LONGEST_RANGE_HOURS}`);
    expect(BICEP).toContain(`var deadMen = [${DEAD_MEN.map((name) => `'${name}'`).join(", ")}]`);
    for (const place of ["\\'{HSMS}\\'", "{LIMIT}", "{ACCOUNT}", "{PREFIX}", "{INSTALLED}"])
      expect(BICEP).toContain(`'${place}'`);
  });
});

describe.each(alarmRules({ hsms: ["contoso", "fabrikam"] }))(
  "the query of $alarm",
  ({ alarm, query, dimension, window }) => {
    test("has no finding", () => {
      expect(bind(query, SCHEMAS).findings).toEqual([]);
    });

    // https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-log-query: neither is supported in a rule.
    test("reads one table without search and union, or two where the HSM's setting decides which", () => {
      const words = query.replaceAll(/^\s*\/\/.*$/gm, "");
      expect(words).not.toMatch(/\bsearch\b/);
      if (alarm !== TWO_TABLES) return expect(words).not.toMatch(/\bunion\b/);
      expect(words.match(/union isfuzzy=true \(datatable\([^)]+\)\[\]\), /g)).toHaveLength(2);
      expect(query).toMatch(/the only rule with a union/);
      const absent = bind(query, {}).findings;
      expect(absent.map(({ code }) => code)).toEqual([FUZZY, FUZZY]);
      const { AzureDiagnostics = [], ...others } = SCHEMAS;
      const fixed = AzureDiagnostics.filter(({ name }) => !DYNAMIC_COLUMN.test(name));
      expect(fixed.length).toBeLessThan(AzureDiagnostics.length);
      expect(bind(query, { ...others, AzureDiagnostics: fixed }).findings).toEqual([]);
    });

    test("has a place for each thing that is put in, and none is left over", () => {
      expect(query).not.toMatch(/\{[A-Z]+\}/);
    });

    test("gives the column that splits its alerts, and none that the service would take for the time of a row", () => {
      const columns = bind(query, SCHEMAS)
        .root.children.flatMap((each) => each.children)
        .at(-1)?.children[0]?.columns;
      const names = columns?.map(({ name }) => name);
      expect(names).toContain(dimension);
      expect(names).not.toContain("TimeGenerated");
    });

    test("looks no further back than its window", () => {
      expect(window).toBeLessThanOrEqual(2 * DAY);
      const spans = [...query.matchAll(/\bago\(([^)]*)\)/g)].map(([, span = ""]) => /^(\d+)([mhd])$/.exec(span));
      // Of what isn't a literal, the service doesn't know how far back a rule reads.
      for (const span of spans) {
        expect(span).not.toBeNull();
        const unit = { m: MINUTE, h: HOUR, d: DAY }[span?.[2] ?? ""] ?? 0;
        expect(Number(span?.[1]) * unit).toBeLessThanOrEqual(window);
      }
    });

    test("asks for events and fields of the contract", () => {
      const words = [...query.replaceAll(/^\s*\/\/.*$/gm, "").matchAll(/"([a-z]+\.\w+)"/g)].map(([, word]) => word);
      for (const word of words) expect(EVENT_NAMES).toContain(word);
      const fields = [...query.matchAll(/Entry\.(\w+)/g)].map(([, field]) => field);
      for (const field of fields) expect([...FIELD_NAMES]).toContain(field);
      expect(words.length + DEAD_MEN.filter((name) => name === alarm).length).toBeGreaterThan(0);
    });
  },
);
