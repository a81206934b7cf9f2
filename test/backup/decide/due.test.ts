import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DueRun, dueRun, type NextRun, nextRun } from "../../../backup/decide/due.ts";
import { after, DAY, HOUR, instantOf, MINUTE, millis, SECOND } from "../../../backup/model/instant.ts";
import { INTERVALS } from "../../../backup/model/intervals.ts";
import { makeRunId } from "../../../backup/model/names.ts";
import type { Schedule } from "../../../backup/model/settings.ts";
import type { HsmState, RunSummary } from "../../../backup/model/state.ts";
import { every, everyDayAt, never } from "../../fakes/fake-schedule.ts";
import { failedRun, inProgressRun, SLOT, startingRun, stateOf, success, summary } from "../samples.ts";

const DAILY = everyDayAt(2);
const BY_HAND = { slot: null, trigger: "manual", id: "20261123T093000Z-m-bbbbbbbb" } as const;

const dueAt = (state: HsmState, ms: number, schedule: Schedule = DAILY): DueRun | undefined =>
  dueRun(state, schedule, new Date(after(SLOT, ms)), INTERVALS);

/** A try of the slot that failed `ms` milliseconds after it. */
const failed = (attempt: number, ms: number, changes: Partial<RunSummary> = {}): RunSummary =>
  summary({
    id: makeRunId(SLOT, attempt, "aaaaaaaa"),
    startedAt: after(SLOT, ms - MINUTE),
    endedAt: after(SLOT, ms),
    ...changes,
  });
const succeeded = (ms: number, changes: Partial<RunSummary> = {}): RunSummary => success(after(SLOT, ms), changes);

describe("a slot", () => {
  it.each([
    ["at its very instant", 0],
    ["hours later, when the timer was away", 20 * HOUR],
    ["a second before the next one", DAY - SECOND],
  ])("is due %s, as its first try", (_when, ms) => {
    expect(dueAt(stateOf(), ms)).toEqual({ slot: SLOT, attempt: 1 });
  });

  it("is not due before its instant: the slot before it is", () => {
    expect(dueAt(stateOf(), -1)).toEqual({ slot: after(SLOT, -DAY), attempt: 1 });
  });

  it("is due at once for a new HSM, also where the HSM was first seen after the slot", () => {
    expect(dueAt(stateOf({ firstSeenAt: after(SLOT, HOUR) }), 12 * HOUR)).toEqual({ slot: SLOT, attempt: 1 });
  });

  it("alone is due after an outage of days, not the ones before it", () => {
    expect(dueAt(stateOf(), 5 * DAY + HOUR)).toEqual({ slot: after(SLOT, 5 * DAY), attempt: 1 });
  });

  it.each([startingRun(), inProgressRun({ slot: null, trigger: "manual" }), failedRun()])(
    "is not due while a run that is $state is active",
    (active) => {
      expect(dueAt(stateOf({ active }), 6 * HOUR)).toBeUndefined();
    },
  );

  it("is not due where the schedule has none", () => {
    expect(dueAt(stateOf(), HOUR, never)).toBeUndefined();
  });
});

describe("a slot with a verified success", () => {
  it.each([
    ["its own run", succeeded(4 * SECOND)],
    ["a later try of it", succeeded(9 * HOUR, { id: makeRunId(SLOT, 4, "aaaaaaaa") })],
    ["a manual start after it", succeeded(7.5 * HOUR, BY_HAND)],
    ["a manual start at its very instant", succeeded(0, BY_HAND)],
  ])("by %s is not due again", (_what, run) => {
    for (const ms of [10 * HOUR, DAY - 1]) {
      expect(dueAt(stateOf({ runs: [run], newestSuccess: run }), ms)).toBeUndefined();
      expect(dueAt(stateOf({ runs: [], newestSuccess: run }), ms)).toBeUndefined();
      expect(dueAt(stateOf({ runs: [failed(0, 9 * HOUR, BY_HAND), run], newestSuccess: null }), ms)).toBeUndefined();
    }
  });

  it("is not due again when the clock is set back by no more than clocks differ", () => {
    const state = stateOf({ newestSuccess: succeeded(30 * MINUTE) });
    expect(dueAt(state, MINUTE)).toBeUndefined();
    expect(dueAt(state, -MINUTE)).toBeUndefined();
  });

  it.each([
    ["by one that lies further ahead than clocks differ", succeeded(200 * DAY)],
    ["by one that was started before the slot, and ended after it", succeeded(-1, { endedAt: after(SLOT, MINUTE) })],
    ["by the success of the day before", succeeded(-DAY, { slot: after(SLOT, -DAY) })],
  ])("is due again %s", (_what, run) => {
    expect(dueAt(stateOf({ newestSuccess: run, runs: [run] }), HOUR)?.slot).toBe(SLOT);
  });
});

describe("a slot whose tries failed", () => {
  const LAST_END = 10 * HOUR;
  const triedTimes = (times: number): HsmState =>
    stateOf({ runs: Array.from({ length: times }, (_, n) => failed(times - n, LAST_END - n * MINUTE)) });

  it.each([
    [1, 15 * MINUTE],
    [2, HOUR],
    [3, 2 * HOUR],
    [4, 4 * HOUR],
    [9, 4 * HOUR],
  ])("%d times is due again %d ms after the last one ended, and not before", (times, wait) => {
    expect(dueAt(triedTimes(times), LAST_END + wait - 1)).toBeUndefined();
    expect(dueAt(triedTimes(times), LAST_END + wait)).toEqual({ slot: SLOT, attempt: times + 1 });
  });

  it.each(["Failed", "Canceled", "TimedOut"] as const)("also by a run that is %s", (state) => {
    expect(dueAt(stateOf({ runs: [failed(1, MINUTE, { state })] }), HOUR)).toEqual({ slot: SLOT, attempt: 2 });
  });

  it("is replaced by the next slot, which starts at its first try", () => {
    const state = stateOf({ runs: [failed(3, DAY - MINUTE), failed(2, 10 * HOUR), failed(1, HOUR)] });
    expect(dueAt(state, DAY - 1)).toBeUndefined();
    expect(dueAt(state, DAY)).toEqual({ slot: after(SLOT, DAY), attempt: 1 });
  });

  it("counts its pause from the latest end, whatever the order of the runs", () => {
    const state = stateOf({ runs: [failed(1, HOUR), failed(2, 3 * HOUR)] });
    expect(dueAt(state, 4 * HOUR - 1)).toBeUndefined();
    expect(dueAt(state, 4 * HOUR)).toEqual({ slot: SLOT, attempt: 3 });
  });

  it("is not delayed by manual starts that failed, nor by an end in the future", () => {
    expect(dueAt(stateOf({ runs: [failed(0, 30 * MINUTE, BY_HAND), failed(1, 5 * MINUTE)] }), 20 * MINUTE)).toEqual({
      slot: SLOT,
      attempt: 2,
    });
    expect(dueAt(stateOf({ runs: [failed(1, 200 * DAY)] }), MINUTE)).toEqual({ slot: SLOT, attempt: 1 });
  });

  it("never gets the number of an earlier try, though the state has forgotten some", () => {
    expect(dueAt(stateOf({ runs: [failed(7, HOUR)] }), 23 * HOUR)).toEqual({ slot: SLOT, attempt: 8 });
  });
});

describe("every slot of any schedule", () => {
  it("is due exactly while no verified success was started since", () => {
    const begin = millis(SLOT);
    const anySuccess = fc.integer({ min: 0, max: 20 * DAY }).map((ms) => succeeded(ms, BY_HAND));
    fc.assert(
      fc.property(
        fc.constantFrom(5 * MINUTE, HOUR, DAY, 7 * DAY),
        fc.integer({ min: 0, max: 20 * DAY }),
        fc.array(anySuccess, { maxLength: 5 }),
        (gap, ms, runs) => {
          const slot = Math.floor((begin + ms) / gap) * gap;
          const isSatisfied = runs.some(
            ({ startedAt }) => millis(startedAt) >= slot && millis(startedAt) <= begin + ms + HOUR,
          );
          const expected = isSatisfied ? undefined : { slot: instantOf(new Date(slot)), attempt: 1 };
          expect(dueAt(stateOf({ runs }), ms, every(gap))).toEqual(expected);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe("the next scheduled run", () => {
  const nextAt = (state: HsmState, ms: number, schedule: Schedule = DAILY): NextRun | undefined =>
    nextRun(state, schedule, new Date(after(SLOT, ms)), INTERVALS);

  it("is of the next slot once the newest is covered", () => {
    const next = after(SLOT, DAY);
    expect(nextAt(stateOf({ newestSuccess: succeeded(0) }), HOUR)).toEqual({ slot: next, attempt: 1, from: next });
  });

  it("is the next try of a slot that failed, from the end of its pause on", () => {
    const state = stateOf({ runs: [failed(2, 2 * HOUR), failed(1, HOUR)] });
    expect(nextAt(state, 2 * HOUR)).toEqual({ slot: SLOT, attempt: 3, from: after(SLOT, 3 * HOUR) });
  });

  it("is of the next slot where that comes before the next try", () => {
    expect(nextAt(stateOf({ runs: [failed(1, DAY - MINUTE)] }), DAY - SECOND)?.slot).toBe(after(SLOT, DAY));
  });

  it("is none while a run is active, and where the schedule has no slot", () => {
    expect(nextAt(stateOf({ active: startingRun() }), HOUR)).toBeUndefined();
    expect(nextAt(stateOf(), HOUR, never)).toBeUndefined();
  });

  it("of any state is the run that is due first, and from when", () => {
    const anyRun = fc
      .tuple(fc.integer({ min: 0, max: 3 * DAY }), fc.integer({ min: 0, max: 5 }), fc.boolean())
      .map(([ms, attempt, isSuccess]) => {
        const slot = after(SLOT, Math.floor(ms / DAY) * DAY);
        const changes = attempt === 0 ? BY_HAND : { slot, id: makeRunId(slot, attempt, "aaaaaaaa") };
        return isSuccess ? succeeded(ms, changes) : failed(1, ms, changes);
      });
    fc.assert(
      fc.property(fc.array(anyRun, { maxLength: 6 }), fc.constantFrom(HOUR, DAY), (runs, gap) => {
        const now = 3 * DAY;
        const state = stateOf({ runs });
        const next = nextAt(state, now, every(gap));
        const from = Math.max(millis(next?.from ?? "") - millis(SLOT), now);
        const due = next && { slot: next.slot, attempt: next.attempt };
        expect(dueAt(state, from, every(gap))).toEqual(due);
        if (from > now) expect(dueAt(state, from - 1, every(gap))).toBeUndefined();
      }),
      { numRuns: 300 },
    );
  });
});
