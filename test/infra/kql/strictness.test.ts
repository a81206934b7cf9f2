import { describe, expect, test } from "vitest";
import { ask } from "./ask.ts";
import { bind } from "./bind.ts";
import { Untranslatable } from "./kql-node.ts";
import { SCHEMAS } from "./schemas.ts";

describe("what the translation doesn't know, or knows to differ in SQL, is an error:", () => {
  test.each([
    "T | take 1",
    "T | mv-expand Bag",
    "T | project-away Text",
    "T | summarize dcount(Text)",
    "T | summarize max(Text)",
    "T | summarize arg_max(TimeGenerated, *) by Text",
    "T | summarize sum(Number)",
    "T | join (T) on Text",
    "T | join kind=fullouter (T) on Text",
    "T | join kind=inner (T) on Number",
    "T | union withsource=Source (T)",
    "T | project X = Number / 2",
    "T | project X = tostring(Fraction)",
    "T | project X = isnull(Text)",
    "T | project X = toupper(Text)",
    "T | where Text has Text",
    "T | where Text matches regex 'a'",
    "T | where not(Flag)",
    "T | where Bag.a == 1",
    "T | where Number between (1 .. 2)",
    "T | where TimeGenerated > datetime(2026-11-23)",
    "T | extend Text = 'x'",
    "T | sort by Number + 1",
    "T | render timechart",
    "print 1",
    "range x from 1 to 3 step 1",
    "datatable(A: string, B: string)['a', 'b']",
  ])("%s", async (query) => {
    await expect(ask(query)).rejects.toThrow(Untranslatable);
  });

  test.each([
    ["T | project X = bin(TimeGenerated, 7d)", "does not divide a day"],
    ["T | project X = todatetime(Text)", "no ISO date"],
  ])("%s, when it runs", async (query, words) => {
    await expect(ask(query, [{ Text: "23 November" }])).rejects.toThrow(words);
  });
});

describe("the parser's own findings stop a query:", () => {
  test.each(["T | where Txt == 'a'", "T | wher Number > 1", "T | where nope(Text)", "T | where Text > 1", "T |"])(
    "%s",
    async (query) => {
      await expect(ask(query)).rejects.toThrow();
      expect(bind(query, SCHEMAS).findings).not.toEqual([]);
    },
  );
});
