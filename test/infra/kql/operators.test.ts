import { describe, expect, test } from "vitest";
import { ask, NOW } from "./ask.ts";
import { openWorkspace } from "./workspace.ts";

const TEXTS = [
  { Text: "a", Number: 1, Fraction: 0.5 },
  { Text: "a", Number: 3, Fraction: null },
  { Text: "b", Number: 2, Fraction: 1.5 },
];

describe("summarize, as in KQL,", () => {
  test("gives a row per group, and counts rows, not values", async () => {
    expect(
      await ask(
        "T | summarize N = count(), Big = countif(Fraction > 1), Max = max(Fraction), Min = min(Number) by Text | sort by Text asc",
        TEXTS,
      ),
    ).toEqual([
      { Text: "a", N: 2, Big: 0, Max: 0.5, Min: 1 },
      { Text: "b", N: 1, Big: 1, Max: 1.5, Min: 2 },
    ]);
  });

  test("gives no row of no rows with by, and one row without", async () => {
    expect(await ask("T | where Number > 9 | summarize N = count() by Text", TEXTS)).toEqual([]);
    expect(await ask("T | where Number > 9 | summarize N = count(), Max = max(Number)", TEXTS)).toEqual([
      { N: 0, Max: null },
    ]);
  });

  test("takes all of arg_max from one row, its nulls too", async () => {
    expect(await ask("T | summarize arg_max(Number, Fraction, Flag) by Text | sort by Text asc", TEXTS)).toEqual([
      { Text: "a", Number: 3, Fraction: null, Flag: null },
      { Text: "b", Number: 2, Fraction: 1.5, Flag: null },
    ]);
  });

  test("groups missing strings as the empty one", async () => {
    expect(await ask("T | summarize N = count() by Text", [{ Text: null }, { Text: "" }])).toEqual([
      { Text: "", N: 2 },
    ]);
  });
});

describe("join, as in KQL,", () => {
  const right = "(T | where Number > 1 | project Text, Other = Number, Word = Text)";

  test("leftouter keeps what has no partner, with nulls, and strings that are empty", async () => {
    const left = "datatable(Text: string)['b', 'c']";
    expect(await ask(`${left} | join kind=leftouter ${right} on Text | sort by Text asc`, TEXTS)).toEqual([
      { Text: "b", Text1: "b", Other: 2, Word: "b" },
      { Text: "c", Text1: "", Other: null, Word: "" },
    ]);
  });

  test("inner keeps every pair, leftanti what has no partner", async () => {
    expect(await ask(`T | project Text | join kind=inner ${right} on Text`, TEXTS)).toHaveLength(3);
    expect(await ask(`datatable(Text: string)['b', 'c'] | join kind=leftanti ${right} on Text`, TEXTS)).toEqual([
      { Text: "c" },
    ]);
  });
});

describe("the other operators, as in KQL,", () => {
  test("union gives the columns of all legs, missing where a leg lacks them", async () => {
    expect(
      await ask("union (T | project Text), (T | project Number) | sort by Number asc", [{ Text: "a", Number: 1 }]),
    ).toEqual([
      { Text: "a", Number: null },
      { Text: "", Number: 1 },
    ]);
  });

  test("a fuzzy union does without a table that isn't there, a strict one and a plain name don't", async () => {
    const empty = "(datatable(Text: string)[])";
    expect(await ask(`union isfuzzy=true ${empty}, Nowhere`)).toEqual([]);
    await expect(ask(`union ${empty}, Nowhere`)).rejects.toThrow("Nowhere");
    await expect(ask("Nowhere")).rejects.toThrow("Nowhere");
  });

  test("sort is descending by default, with nulls last; ascending has them first", async () => {
    const fractions = async (query: string) => (await ask(query, TEXTS)).map((row) => row.Fraction);
    expect(await fractions("T | sort by Fraction")).toEqual([1.5, 0.5, null]);
    expect(await fractions("T | sort by Fraction asc")).toEqual([null, 0.5, 1.5]);
    expect(await fractions("T | top 1 by Fraction")).toEqual([1.5]);
  });

  test("let names tables and scalars, once and for all that follows", async () => {
    expect(await ask("let least = 2; let big = T | where Number >= least; big | summarize N = count()", TEXTS)).toEqual(
      [{ N: 2 }],
    );
  });
});

describe("evaluations", () => {
  const HOUR = 3_600_000;
  const schemas = {
    T: [
      { name: "TimeGenerated", type: "datetime" },
      { name: "Text", type: "string" },
    ],
  };

  test("each read what lies in their window and had arrived by then, and know their own now", async () => {
    const row = (hour: number, ingested: number) => ({
      TimeGenerated: new Date(NOW + hour * HOUR).toISOString(),
      ingestedAt: new Date(NOW + ingested * HOUR).toISOString(),
      Text: `${hour}`,
    });
    const workspace = await openWorkspace(schemas, { T: [row(0, 0), row(1, 1), row(2, 3.5)] });
    const evaluations = [0, 1, 2, 3, 4].map((hour) => ({ at: NOW + hour * HOUR, from: NOW + (hour - 2) * HOUR }));
    const results = await workspace.run(
      "T | summarize N = count(), Newest = max(TimeGenerated) | extend Age = (now() - Newest) / 1h",
      evaluations,
    );
    expect(results.map(({ at, row }) => [(at - NOW) / HOUR, row.N, row.Age])).toEqual([
      [0, 1, 0],
      [1, 2, 0],
      [2, 2, 1],
      [3, 1, 2],
      [4, 1, 2],
    ]);
    workspace.close();
  });
});
