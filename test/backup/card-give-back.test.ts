import { describe, expect, it } from "vitest";
import { type Card, giveBack as giveBackAt, REMEMBERED_RUNS, summarize } from "../../backup/card.ts";
import { MINUTE, after as momentAfter } from "../../backup/instant.ts";
import type { EndedRun } from "../../backup/run.ts";
import { makeRunId } from "../../backup/run-id.ts";
import { activeRun, cardOf, failedRun, RUN_ID, SLOT, succeededRun, summary } from "./samples.ts";

const KEY = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

const giveBack = (card: Card, run: EndedRun): Card =>
  giveBackAt(card, summarize(run, null), "2026-11-23T06:00:00.000Z");

const other = (n: number) =>
  summary({ id: makeRunId(momentAfter(SLOT, -n * MINUTE), 0, "aaaaaaaa"), state: "Succeeded" });

const cardWith = (card: Card, id: string): Card => ({ ...card, active: activeRun({ id }) });

describe("a card that is given back", () => {
  const taken = cardOf({ active: activeRun({ key: KEY }), failuresInARow: 2, runs: [other(1)] });

  it("is free, and has the result of its run first", () => {
    const run = succeededRun();
    const given = giveBack(taken, run);
    expect(given.active).toBeNull();
    expect(given.runs).toEqual([summarize(run, KEY), other(1)]);
    expect(given.runs[0]).toEqual(
      summary({ key: KEY, state: "Succeeded", blobCount: 12, bytes: 3_400_000, endedAt: run.endedAt }),
    );
  });

  it.each([
    ["Succeeded", succeededRun(), 0],
    ["Failed", failedRun(), 3],
    ["Canceled", failedRun({ state: "Canceled" }), 3],
    ["TimedOut", failedRun({ state: "TimedOut" }), 3],
  ] as const)("after %s counts its failures in a row", (_state, run, failures) => {
    expect(giveBack(taken, run).failuresInARow).toBe(failures);
  });

  it("is the same whoever gives it back, however often", () => {
    for (const run of [succeededRun(), failedRun()]) {
      const once = giveBack(taken, run);
      expect(giveBack(once, run)).toEqual(once);
      expect(giveBack({ ...once, active: activeRun() }, run).runs).toHaveLength(2);
    }
  });

  it("stays with the run that has it, and learns of an end whose card was lost", () => {
    const late = failedRun({ id: "20261122T020000Z-1-aaaaaaaa" });
    const given = giveBack(taken, late);
    expect(given.active).toEqual(taken.active);
    expect(given.runs.map(({ id }) => id)).toEqual([late.id, ...taken.runs.map(({ id }) => id)]);
    expect(giveBack(given, late)).toBe(given);
  });

  it("is the same card for an end older than all that it remembers", () => {
    const full = { ...taken, runs: Array.from({ length: REMEMBERED_RUNS }, (_, n) => other(n + 1)) };
    const old = failedRun({ id: "20200101T020000Z-1-aaaaaaaa", endedAt: "2020-01-01T03:00:00.000Z" });
    expect(giveBack(full, old)).toBe(full);
  });

  it("remembers its last 30 runs, the last ended first", () => {
    const runs = Array.from({ length: 30 }, (_, n) => other(n + 1));
    const given = giveBack({ ...taken, runs }, failedRun());
    expect(REMEMBERED_RUNS).toBe(30);
    expect(given.runs).toHaveLength(30);
    expect(given.runs.slice(0, 2).map(({ id }) => id)).toEqual([RUN_ID, other(1).id]);
    expect(given.runs.map(({ id }) => id)).not.toContain(other(30).id);
  });

  it("has the newest verified success, even when 30 failures came after it", () => {
    const afterSuccess = giveBack(taken, succeededRun());
    const manyLater = Array.from({ length: 31 }, (_, n) =>
      makeRunId(momentAfter(SLOT, (n + 1) * MINUTE), 0, "bbbbbbbb"),
    );
    let given = afterSuccess;
    for (const id of manyLater) given = giveBack(cardWith(given, id), failedRun({ id }));
    expect(given.runs.map(({ id }) => id)).not.toContain(RUN_ID);
    expect(given.newestSuccess?.id).toBe(RUN_ID);
    expect(given.failuresInARow).toBe(31);
  });

  it("keeps its newest success when an older one is folded in after it", () => {
    const newest = summary({
      id: "20261123T050000Z-m-cccccccc",
      state: "Succeeded",
      startedAt: "2026-11-23T05:00:00.000Z",
    });
    expect(giveBack({ ...taken, newestSuccess: newest }, succeededRun()).newestSuccess).toEqual(newest);
  });

  it("has an older success for its newest where the other is still to come: its clock was wrong", () => {
    const ahead = summary({
      id: "20270601T000000Z-m-cccccccc",
      state: "Succeeded",
      startedAt: "2027-06-01T00:00:00.000Z",
    });
    expect(giveBack({ ...taken, newestSuccess: ahead }, succeededRun()).newestSuccess?.id).toBe(succeededRun().id);
  });

  it("keeps nothing of a size where there was no success", () => {
    const unverified: EndedRun = failedRun({ state: "TimedOut" });
    expect(summarize(unverified, null)).toMatchObject({ state: "TimedOut", blobCount: null, bytes: null, key: null });
  });
});
