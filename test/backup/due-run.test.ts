import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Card, EndedSummary } from "../../backup/card.ts";
import { type DueRun, dueRun } from "../../backup/due-run.ts";
import {
  CLOCK_TOLERANCE,
  DAY,
  HOUR,
  instantOf,
  MINUTE,
  millis,
  after as momentAfter,
  SECOND,
} from "../../backup/instant.ts";
import { INTERVALS } from "../../backup/intervals.ts";
import { makeRunId } from "../../backup/run-id.ts";
import type { Schedule } from "../../backup/schedule.ts";
import { every, everyDayAt, never } from "../fakes/fake-schedule.ts";
import { activeRun, cardOf, SINCE, SLOT, summary } from "./samples.ts";

const DAILY = everyDayAt(2);

const dueAt = (card: Card, ms: number, schedule: Schedule = DAILY): DueRun | undefined =>
  dueRun(card, schedule, new Date(momentAfter(SLOT, ms)), INTERVALS);

/** A try of the slot that ended `endedAfter` milliseconds after it. */
const tried = (attempt: number, endedAfter: number, changes: Partial<EndedSummary> = {}): EndedSummary =>
  summary({
    id: makeRunId(SLOT, attempt, "aaaaaaaa"),
    startedAt: momentAfter(SLOT, endedAfter - MINUTE),
    endedAt: momentAfter(SLOT, endedAfter),
    ...changes,
  });

const success = (startedAfter: number, changes: Partial<EndedSummary> = {}): EndedSummary =>
  summary({
    state: "Succeeded",
    startedAt: momentAfter(SLOT, startedAfter),
    endedAt: momentAfter(SLOT, startedAfter + 4 * MINUTE),
    blobCount: 12,
    bytes: 9,
    ...changes,
  });

const byHand = { slot: null, trigger: "manual", id: "20261123T093000Z-m-bbbbbbbb" } as const;

describe("a slot", () => {
  it.each([
    ["at its very instant", 0],
    ["five minutes after it", 5 * MINUTE],
    ["hours after it, when the timer was away", 20 * HOUR],
    ["a second before the next one", DAY - SECOND],
  ])("is due %s, as its first try", (_when, ms) => {
    expect(dueAt(cardOf(), ms)).toEqual({ slot: SLOT, attempt: 1 });
  });

  it("isn't due before its instant: the one before it is", () => {
    expect(dueAt(cardOf(), -1)).toEqual({ slot: momentAfter(SLOT, -DAY), attempt: 1 });
  });

  it("alone is due after an outage of days, not those that were missed", () => {
    expect(dueAt(cardOf(), 5 * DAY + HOUR)).toEqual({ slot: momentAfter(SLOT, 5 * DAY), attempt: 1 });
  });

  it("isn't due before the HSM was first seen", () => {
    expect(dueAt(cardOf({ since: momentAfter(SLOT, 1) }), 12 * HOUR)).toBeUndefined();
    expect(dueAt(cardOf({ since: momentAfter(SLOT, 1) }), DAY)).toEqual({ slot: momentAfter(SLOT, DAY), attempt: 1 });
    expect(dueAt(cardOf({ since: SLOT }), 0)).toEqual({ slot: SLOT, attempt: 1 });
  });

  it.each([
    ["a run of this slot", activeRun()],
    ["a run of the slot before it", activeRun({ slot: momentAfter(SLOT, -DAY), at: momentAfter(SLOT, -DAY) })],
    ["a run that was started by hand", activeRun({ slot: null, trigger: "manual" })],
  ])("isn't due while %s is on the card", (_what, active) => {
    expect(dueAt(cardOf({ active }), 6 * HOUR)).toBeUndefined();
  });

  it("is due once, for two timers at the same time: the second finds the card taken", () => {
    const first = dueAt(cardOf(), MINUTE);
    expect(first).toEqual(dueAt(cardOf(), MINUTE));
    expect(dueAt(cardOf({ active: activeRun({ slot: SLOT, at: momentAfter(SLOT, MINUTE) }) }), MINUTE)).toBeUndefined();
  });

  it("isn't due for an HSM that has left the settings", () => {
    expect(dueAt(cardOf({ leftAt: momentAfter(SLOT, -HOUR) }), HOUR)).toBeUndefined();
  });

  it("isn't due where the schedule has none", () => {
    expect(dueAt(cardOf(), HOUR, never)).toBeUndefined();
  });
});

describe("a slot that is satisfied", () => {
  it.each([
    ["its own run", success(4 * SECOND)],
    ["a later try of it", success(9 * HOUR, { id: makeRunId(SLOT, 4, "aaaaaaaa") })],
    ["a start by hand within its window", success(7.5 * HOUR, byHand)],
    ["a start by hand at its very instant", success(0, byHand)],
  ])("by %s isn't due again", (_what, run) => {
    for (const ms of [10 * HOUR, DAY - 1]) {
      expect(dueAt(cardOf({ runs: [run], newestSuccess: run }), ms)).toBeUndefined();
      expect(dueAt(cardOf({ runs: [], newestSuccess: run }), ms)).toBeUndefined();
      expect(dueAt(cardOf({ runs: [run], newestSuccess: null }), ms)).toBeUndefined();
    }
  });

  it("isn't due again when a start by hand has failed after it", () => {
    const failed = tried(0, 3 * HOUR, byHand);
    expect(
      dueAt(cardOf({ runs: [failed, success(SECOND)], newestSuccess: success(SECOND) }), 12 * HOUR),
    ).toBeUndefined();
  });

  it("isn't due again when the clock is set back by no more than clocks differ, to this window or to the one before", () => {
    const card = cardOf({ newestSuccess: success(30 * MINUTE), runs: [success(30 * MINUTE)] });
    expect(dueAt(card, MINUTE)).toBeUndefined();
    expect(dueAt(card, -MINUTE)).toBeUndefined();
  });

  it("is due again where its success is still to come: a missing backup is worse than a second one", () => {
    const ahead = success(200 * DAY);
    expect(dueAt(cardOf({ newestSuccess: ahead, runs: [ahead] }), MINUTE)?.slot).toBe(SLOT);
  });

  it.each([
    ["by a success of the window before", success(-1, { ...byHand, endedAt: momentAfter(SLOT, 4 * MINUTE) })],
    ["by yesterday's success", success(-DAY, { slot: momentAfter(SLOT, -DAY) })],
    ["by a run of it that was started before it", success(-SECOND)],
  ])("isn't so %s", (_what, run) => {
    expect(dueAt(cardOf({ newestSuccess: run, runs: [run] }), 12 * HOUR)?.slot).toBe(SLOT);
  });

  it.each(["Failed", "Canceled", "TimedOut"] as const)("isn't so by a run that is %s", (state) => {
    const run = tried(1, 5 * MINUTE, { state });
    expect(dueAt(cardOf({ runs: [run] }), 12 * HOUR)).toEqual({ slot: SLOT, attempt: 2 });
  });

  it("frees the next one, which is due at its own time", () => {
    expect(dueAt(cardOf({ newestSuccess: success(SECOND) }), DAY)).toEqual({
      slot: momentAfter(SLOT, DAY),
      attempt: 1,
    });
  });
});

describe("a slot whose tries failed", () => {
  const LAST_END = 10 * HOUR;
  const triedTimes = (times: number): Card =>
    cardOf({ runs: Array.from({ length: times }, (_, n) => tried(times - n, LAST_END - n * MINUTE)) });

  it.each([
    [1, 15 * MINUTE],
    [2, HOUR],
    [3, 2 * HOUR],
    [4, 4 * HOUR],
    [5, 4 * HOUR],
    [9, 4 * HOUR],
  ])("%d times is due again %d ms after the last one ended, and not before", (times, wait) => {
    expect(dueAt(triedTimes(times), LAST_END + wait - 1)).toBeUndefined();
    expect(dueAt(triedTimes(times), LAST_END + wait)).toEqual({ slot: SLOT, attempt: times + 1 });
  });

  it("is no longer due when the next one comes, which starts at its first try", () => {
    const late = cardOf({ runs: [tried(3, DAY - MINUTE), tried(2, 10 * HOUR), tried(1, HOUR)] });
    expect(dueAt(late, DAY - 1)).toBeUndefined();
    expect(dueAt(late, DAY)).toEqual({ slot: momentAfter(SLOT, DAY), attempt: 1 });
  });

  it("counts from the end that came last, whatever the order on the card", () => {
    const card = cardOf({ runs: [tried(1, HOUR), tried(2, 3 * HOUR)] });
    expect(dueAt(card, 4 * HOUR - 1)).toBeUndefined();
    expect(dueAt(card, 4 * HOUR)).toEqual({ slot: SLOT, attempt: 3 });
  });

  it("isn't held up by starts by hand that failed", () => {
    const card = cardOf({ runs: [tried(0, 30 * MINUTE, byHand), tried(1, 5 * MINUTE)] });
    expect(dueAt(card, 20 * MINUTE)).toEqual({ slot: SLOT, attempt: 2 });
  });

  it("never gets the number of a try that has been, though the card has forgotten some", () => {
    expect(dueAt(cardOf({ runs: [tried(7, HOUR)] }), 23 * HOUR)).toEqual({ slot: SLOT, attempt: 8 });
  });
});

describe("every slot of any schedule", () => {
  const BEGIN = millis(SINCE);
  const anySuccess = fc
    .integer({ min: 0, max: 20 * DAY })
    .map((ms) =>
      summary({ state: "Succeeded", startedAt: instantOf(new Date(BEGIN + ms)), slot: null, trigger: "manual" }),
    );
  const anyGap = fc.constantFrom(5 * MINUTE, HOUR, DAY, 7 * DAY);
  const anyNow = fc.integer({ min: 0, max: 20 * DAY }).map((ms) => new Date(BEGIN + ms));

  it("is due only within its window, since the card, and while nothing satisfies it", () => {
    fc.assert(
      fc.property(anyGap, anyNow, fc.array(anySuccess, { maxLength: 5 }), (gap, now, runs) => {
        const due = dueRun(cardOf({ runs }), every(gap), now, INTERVALS);
        const slot = Math.floor(now.getTime() / gap) * gap;
        const isSatisfied = runs.some(
          ({ startedAt }) => millis(startedAt) >= slot && millis(startedAt) <= now.getTime() + CLOCK_TOLERANCE,
        );
        const isDue = slot >= BEGIN && !isSatisfied;
        expect(due).toEqual(isDue ? { slot: instantOf(new Date(slot)), attempt: 1 } : undefined);
      }),
      { numRuns: 500 },
    );
  });
});
