import { beforeAll, describe, expect, test } from "vitest";
import { ALL_CHECKS } from "./checks/all.ts";
import { FAULT_KINDS, type MakeCheck } from "./facts.ts";
import { noTotals, withReport } from "./totals.ts";
import { simulateWorld } from "./world.ts";

const SEEDS_FOR_EVERY_KIND = 80;
const SEEDS_FOR_SOME_KINDS = 12;
const A_SEED = 18;

const factsOf = async (seed: number, only?: ReadonlySet<number>): Promise<string> => {
  const { facts } = await simulateWorld({ seed, only, keepFacts: true, makeChecks: [] });
  return JSON.stringify(facts);
};
/** A check that finds something in every world. */
const everyStart: MakeCheck = () => ({
  name: "no host ever starts",
  see: (fact) => (fact.kind === "hostStarted" ? [`host ${fact.host} started`] : []),
  atEnd: (view) => [`the end came at ${new Date(view.now).toISOString()}`],
});

describe("a simulated world", () => {
  test("is the same for the same seed, byte for byte", async () => {
    const first = await factsOf(A_SEED);
    expect(first.length).toBeGreaterThan(10_000);
    expect(await factsOf(A_SEED)).toBe(first);
  });

  test("is another one for another seed", async () => {
    expect(await factsOf(A_SEED)).not.toBe(await factsOf(A_SEED + 1));
  });

  test("is the same whether or not its facts are kept", async () => {
    const options = { seed: A_SEED, makeChecks: [everyStart] };
    const { facts, ...kept } = await simulateWorld({ ...options, keepFacts: true });
    expect(facts.length).toBeGreaterThan(100);
    expect(await simulateWorld(options)).toEqual({ ...kept, facts: [] });
  });

  test("shows its checks every fact and its end, and reports what they find with the time of it", async () => {
    const { violations, facts } = await simulateWorld({ seed: A_SEED, keepFacts: true, makeChecks: [everyStart] });
    const starts = facts.filter(({ kind }) => kind === "hostStarted").map(({ at }) => at);
    expect(violations.slice(0, -1).map(({ at }) => at)).toEqual(starts);
    expect(violations.at(-1)).toMatchObject({ check: "no host ever starts", what: /^the end came at 2026-11-23T/ });
  });

  test("has no fault where none may strike, and then every run succeeds", async () => {
    const report = await simulateWorld({ seed: A_SEED, only: new Set(), keepFacts: true, makeChecks: ALL_CHECKS });
    expect(report).toMatchObject({ struck: [], violations: [] });
    const ends = report.facts.flatMap((fact) => (fact.kind === "logged" ? [fact.event.event] : []));
    expect(ends).toContain("backup.succeeded");
    expect(ends).not.toContain("backup.failed");
    expect(ends).not.toContain("backup.timedOut");
  });

  test("can be left with some of its faults, under their own numbers", async () => {
    const all = await simulateWorld({ seed: A_SEED, makeChecks: [] });
    const first = all.struck.slice(0, 3);
    const few = await simulateWorld({ seed: A_SEED, only: new Set(first), keepFacts: true, makeChecks: [] });
    expect(few.struck).toEqual(first);
    const numbers = few.facts.flatMap((fact) => (fact.kind === "fault" ? [fact.number] : []));
    expect(numbers).toEqual(first);
  });

  test("can be left with some kinds of fault", async () => {
    const kinds = new Set(["crash", "timeout"] as const);
    const totals = await manyWorlds(SEEDS_FOR_SOME_KINDS, { kinds, makeChecks: [] });
    const struck = FAULT_KINDS.filter((kind) => totals.faults[kind] > 0);
    expect(struck).toEqual(["timeout", "crash"]);
  });

  describe("one after another,", () => {
    let totals = noTotals();
    beforeAll(async () => {
      totals = await manyWorlds(SEEDS_FOR_EVERY_KIND, { makeChecks: ALL_CHECKS });
    });

    test("have every kind of fault strike among these few seeds", () => {
      expect(FAULT_KINDS.filter((kind) => totals.faults[kind] === 0)).toEqual([]);
    });

    test("hold every invariant of the design, whatever strikes", () => {
      expect(Object.fromEntries(totals.byCheck)).toEqual({});
    });
  });
});

async function manyWorlds(seeds: number, options: Omit<Parameters<typeof simulateWorld>[0], "seed">) {
  let totals = noTotals();
  for (let seed = 1; seed <= seeds; seed++) totals = withReport(totals, await simulateWorld({ ...options, seed }));
  return totals;
}
