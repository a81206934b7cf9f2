import { describe, expect, test } from "vitest";
import { ask, evaluate, type Given } from "./ask.ts";

type Case = readonly [expression: string, given: Given, value: unknown];

describe("as in KQL", () => {
  // https://learn.microsoft.com/kusto/query/scalar-data-types/null-values
  test.each<Case>([
    ["Text", { Text: null }, ""],
    ["isempty(Text)", { Text: null }, true],
    ["isnotempty(Text)", { Text: " " }, true],
    ["isnull(Number)", { Number: null }, true],
    ["isnotnull(Number)", { Number: 0 }, true],
    ["Number == 1", { Number: null }, false],
    ["Number != 1", { Number: null }, true],
    ["Number == Number", { Number: null }, null],
    ["Number > 1", { Number: null }, null],
    ["Number + 1", { Number: null }, null],
    ['iff(Number > 1, "more", "not")', { Number: null }, "not"],
  ])("a missing value: %s of %j is %j", async (expression, given, value) => {
    expect(await evaluate(expression, given)).toEqual(value);
  });

  test("a missing test keeps no row", async () => {
    expect(await ask("T | where Number > 1", [{ Number: null }, { Number: 2 }])).toHaveLength(1);
    expect(await ask("T | where Flag", [{ Flag: null }, { Flag: true }, { Flag: false }])).toHaveLength(1);
  });

  // https://learn.microsoft.com/kusto/query/datatypes-string-operators
  test.each<Case>([
    ['Text == "abc"', { Text: "ABC" }, false],
    ['Text =~ "abc"', { Text: "ABC" }, true],
    ['Text contains "B"', { Text: "abc" }, true],
    ['Text startswith "AB"', { Text: "abc" }, true],
    ['Text in ("abc", "d")', { Text: "abc" }, true],
    ['Text in ("abc", "d")', { Text: "ABC" }, false],
    ['Text has "ab"', { Text: "x AB y" }, true],
    ['Text has "ab"', { Text: "abc" }, false],
    ['Text has "ab"', { Text: "äab" }, false],
    ['Text has "backup.failed"', { Text: '{"event":"backup.failed"}' }, true],
    ['Text has "backup.failed"', { Text: '{"event":"backup.failedx"}' }, false],
    ['Text has "backup.failed"', { Text: "backupXfailed" }, false],
  ])("a string: %s of %j is %j", async (expression, given, value) => {
    expect(await evaluate(expression, given)).toEqual(value);
  });

  test.each<Case>([
    ["tostring(parse_json(Text).a)", { Text: '{"a":"x"}' }, "x"],
    ["tostring(parse_json(Text).a)", { Text: '{"a":null}' }, ""],
    ["tostring(parse_json(Text).a)", { Text: "{}" }, ""],
    ["tostring(parse_json(Text).a)", { Text: "Executing 'Functions.x'" }, ""],
    ["tostring(parse_json(Text).a)", { Text: '{"a":{"b":1}}' }, '{"b":1}'],
    ['tostring(parse_json(Text)["a"].b)', { Text: '{"a":{"b":1}}' }, "1"],
    ["tostring(parse_json(Text))", { Text: "no JSON" }, "no JSON"],
    ["toreal(parse_json(Text).a)", { Text: '{"a":1.5}' }, 1.5],
    ["toreal(parse_json(Text).a)", { Text: '{"a":"many"}' }, null],
    ["tobool(parse_json(Text).a)", { Text: '{"a":true}' }, true],
    ["tobool(parse_json(Text).a)", { Text: '{"a":null}' }, null],
    ["todatetime(parse_json(Text).a)", { Text: '{"a":"2026-11-23T02:00:00.5Z"}' }, "2026-11-23T02:00:00.500Z"],
    ["todatetime(parse_json(Text).a)", { Text: '{"a":null}' }, null],
    ["tostring(Bag.a)", { Bag: '{"a":[1]}' }, "[1]"],
    ['column_ifexists("Fraction", real(null))', { Fraction: 1.5 }, 1.5],
    ['column_ifexists("Absent", real(null))', {}, null],
  ])("a dynamic: %s of %j is %j", async (expression, given, value) => {
    expect(await evaluate(expression, given)).toEqual(value);
  });

  test.each<Case>([
    ["now()", {}, "2026-11-23T12:00:00.000Z"],
    ["ago(90m)", {}, "2026-11-23T10:30:00.000Z"],
    ["now() - TimeGenerated", {}, 7_200],
    ["(now() - TimeGenerated) / 1h", {}, 2],
    ["TimeGenerated + 1d", {}, "2026-11-24T10:00:00.000Z"],
    ["TimeGenerated - 2 * 30m", {}, "2026-11-23T09:00:00.000Z"],
    ["TimeGenerated < ago(1h)", {}, true],
    ["bin(TimeGenerated, 1h)", { TimeGenerated: "2026-11-23T10:59:59.9Z" }, "2026-11-23T10:00:00.000Z"],
    ["bin(TimeGenerated, 1d)", {}, "2026-11-23T00:00:00.000Z"],
    ["startofday(TimeGenerated)", {}, "2026-11-23T00:00:00.000Z"],
    ["1h * toint('31')", {}, 111_600],
  ])("a time: %s of %j is %j", async (expression, given, value) => {
    expect(await evaluate(expression, given)).toEqual(value);
  });

  test.each<Case>([
    ["Number / 2.0", { Number: 3 }, 1.5],
    ["Number * 100 - 1", { Number: 3 }, 299],
    ["toint(Text)", { Text: "31" }, 31],
    ["toint(Text)", { Text: "3.5" }, null],
    ["toint(Text)", { Text: "" }, null],
    ["tolower(Text)", { Text: "ABC" }, "abc"],
    ["extract('^a([0-9]+)/', 1, Text)", { Text: "a12/x" }, "12"],
    ["extract('^a([0-9]+)/', 1, Text)", { Text: "b12/x" }, ""],
    ["round(Fraction, 1)", { Fraction: 1.26 }, 1.3],
  ])("a function: %s of %j is %j", async (expression, given, value) => {
    expect(await evaluate(expression, given)).toEqual(value);
  });
});
