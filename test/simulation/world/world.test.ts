import { describe, expect, test } from "vitest";
import type { MakeCheck } from "../check.ts";
import { ALL_CHECKS } from "../checks/all.ts";
import type { Fact, FactKind } from "../facts.ts";
import { readByNewer } from "./newer-version.ts";
import { simulateWorld, type WorldOptions } from "./world.ts";

const simulate = (seed: number, options: Partial<WorldOptions> = {}) =>
  simulateWorld({ seed, makeChecks: ALL_CHECKS, keepFacts: true, ...options });
const ofKind = <K extends FactKind>(facts: readonly Fact[], kind: K) =>
  facts.filter((fact): fact is Extract<Fact, { readonly kind: K }> => fact.kind === kind);

describe("a simulated world", () => {
  test("is the same for the same seed, whatever the checks say", async () => {
    const [one, two] = [await simulate(2), await simulate(2, { makeChecks: [] })];
    expect(one.facts.length).toBeGreaterThan(100);
    expect(two.facts).toEqual(one.facts);
    expect(one.violations).toEqual([]);
  });

  test("without faults backs each HSM up, with one job per run", async () => {
    const { runs, jobs, struck, violations } = await simulate(3, { only: new Set() });
    expect({ struck, violations }).toEqual({ struck: [], violations: [] });
    expect(runs).toBe(jobs);
    expect(runs).toBeGreaterThan(3);
  });

  test("replays with those of its faults that struck, and with one kind alone", async () => {
    const whole = await simulate(5);
    const again = await simulate(5, { only: new Set(whole.struck) });
    expect([again.struck, again.facts.length]).toEqual([whole.struck, whole.facts.length]);
    const crashes = await simulate(5, { kinds: new Set(["crash"]) });
    expect(Object.entries(crashes.faults).filter(([kind, count]) => count > 0 && kind !== "crash")).toEqual([]);
  });

  test("ends early where a check finds more and more", async () => {
    const grumble: MakeCheck = () => ({ name: "nothing happens", see: ({ kind }) => [kind] });
    expect((await simulate(2, { makeChecks: [grumble] })).violations).toHaveLength(50);
  });

  test("has a second app now and then, which writes nothing", async () => {
    const { facts } = await simulate(9, { kinds: new Set(["foreignApp"]) });
    const hosts = ofKind(facts, "hostStarted").filter(({ settings }) => settings.app !== "backups");
    const foreign = facts.filter((fact) => "host" in fact && hosts.some(({ host }) => host === fact.host));
    expect(foreign.some((fact) => fact.kind === "logged" && fact.event.event === "ledger.foreign")).toBe(true);
    expect(foreign.filter(({ kind }) => kind === "blobWritten" || kind === "startSent")).toEqual([]);
  });
});

test("a newer version reads its own messages, and those of this one", () => {
  expect(readByNewer({ schemaVersion: 2, seq: 3 })).toEqual({ schemaVersion: 1, seq: 3 });
  expect(readByNewer({ schemaVersion: 1 })).toEqual({ schemaVersion: 1 });
});
