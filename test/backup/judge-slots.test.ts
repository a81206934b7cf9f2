import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Card } from "../../backup/card.ts";
import { type JudgedSlots, judgeSlots } from "../../backup/due-run.ts";
import { DAY, HOUR, type Instant, MINUTE, millis, after as momentAfter, SECOND } from "../../backup/instant.ts";
import type { Schedule } from "../../backup/schedule.ts";
import { every, everyDayAt, never } from "../fakes/fake-schedule.ts";
import { activeRun, cardOf, SLOT, summary } from "./samples.ts";

const DAILY = everyDayAt(2);
const days = (n: number): Instant => momentAfter(SLOT, n * DAY);

const judgeAt = (card: Card, ms: number, schedule: Schedule = DAILY): JudgedSlots =>
  judgeSlots(card, schedule, new Date(momentAfter(SLOT, ms)));

const fresh = (changes: Partial<Card> = {}): Card => cardOf({ since: SLOT, judgedUntil: SLOT, ...changes });
const success = (startedAt: Instant) => summary({ state: "Succeeded", startedAt, slot: null, trigger: "manual" });

describe("a slot whose window is over", () => {
  it("is missed where no verified success was started in it", () => {
    expect(judgeAt(fresh(), DAY)).toEqual({ missed: [SLOT], judgedUntil: days(1) });
  });

  it("isn't judged a moment before the next slot", () => {
    expect(judgeAt(fresh(), DAY - 1)).toEqual({ missed: [], judgedUntil: SLOT });
  });

  it.each([
    ["at its instant", SLOT],
    ["hours after it", momentAfter(SLOT, 20 * HOUR)],
    ["just before the next one", momentAfter(SLOT, DAY - 1)],
  ])("isn't missed where one was started %s", (_when, startedAt) => {
    for (const card of [fresh({ runs: [success(startedAt)] }), fresh({ newestSuccess: success(startedAt) })]) {
      expect(judgeAt(card, DAY)).toEqual({ missed: [], judgedUntil: days(1) });
    }
  });

  it.each([
    ["the success came in the next window", [success(days(1))]],
    ["the success came in the window before", [success(momentAfter(SLOT, -1))]],
    ["its tries failed", [summary({ startedAt: momentAfter(SLOT, HOUR) })]],
    ["its run was canceled", [summary({ state: "Canceled" })]],
    ["its run timed out", [summary({ state: "TimedOut" })]],
  ])("is missed where %s", (_what, runs) => {
    expect(judgeAt(fresh({ runs }), DAY + HOUR).missed).toEqual([SLOT]);
  });

  it("is told once: what was judged isn't judged again", () => {
    const { judgedUntil } = judgeAt(fresh(), DAY);
    expect(judgeAt(fresh({ judgedUntil }), DAY + HOUR)).toEqual({ missed: [], judgedUntil });
    expect(judgeAt(fresh({ judgedUntil }), 2 * DAY)).toEqual({ missed: [days(1)], judgedUntil: days(2) });
  });

  it("isn't judged where it came before the HSM was first seen", () => {
    const since = momentAfter(SLOT, SECOND);
    expect(judgeAt(cardOf({ since, judgedUntil: since }), DAY + HOUR).missed).toEqual([]);
    expect(judgeAt(cardOf({ since, judgedUntil: since }), 2 * DAY).missed).toEqual([days(1)]);
  });

  it("is judged with all the others of an outage, in order", () => {
    const card = fresh({
      runs: [success(momentAfter(days(1), HOUR))],
      newestSuccess: success(momentAfter(days(1), HOUR)),
    });
    expect(judgeAt(card, 4 * DAY + HOUR)).toEqual({ missed: [SLOT, days(2), days(3)], judgedUntil: days(4) });
  });

  it("is never judged where the schedule has none", () => {
    expect(judgeAt(fresh(), 9 * DAY, never)).toEqual({ missed: [], judgedUntil: SLOT });
  });
});

describe("a run that was begun in the window and is still on the card", () => {
  const held = (at: Instant, slot: Instant | null = SLOT) => fresh({ active: activeRun({ at, slot }) });

  it("holds the judging of its slot, and of those after it", () => {
    for (const at of [SLOT, momentAfter(SLOT, HOUR), momentAfter(SLOT, DAY - 1)]) {
      expect(judgeAt(held(at), DAY + HOUR)).toEqual({ missed: [], judgedUntil: SLOT });
      expect(judgeAt(held(at, null), 3 * DAY)).toEqual({ missed: [], judgedUntil: SLOT });
    }
  });

  it("doesn't hold the judging of the slots before it", () => {
    expect(judgeAt(held(days(2), days(2)), 4 * DAY)).toEqual({ missed: [SLOT, days(1)], judgedUntil: days(2) });
  });

  it("satisfies its slot when it succeeds after the window is over", () => {
    const run = summary({
      state: "Succeeded",
      startedAt: momentAfter(SLOT, DAY - MINUTE),
      endedAt: momentAfter(SLOT, DAY + HOUR),
    });
    expect(judgeAt(fresh({ runs: [run], newestSuccess: run }), DAY + 2 * HOUR).missed).toEqual([]);
  });
});

describe("a clock that is set back", () => {
  it("moves no judgement back", () => {
    const card = fresh({ judgedUntil: days(3) });
    expect(judgeAt(card, DAY)).toEqual({ missed: [], judgedUntil: days(3) });
    expect(judgeAt(card, -DAY)).toEqual({ missed: [], judgedUntil: days(3) });
  });
});

describe("a long outage of a frequent schedule", () => {
  const frequent = every(5 * MINUTE);

  it("is judged a hundred slots at a time", () => {
    const first = judgeAt(fresh(), 2 * DAY, frequent);
    expect(first.missed).toHaveLength(100);
    expect(first.judgedUntil).toBe(momentAfter(SLOT, 100 * 5 * MINUTE));
    const second = judgeAt(fresh({ judgedUntil: first.judgedUntil }), 2 * DAY, frequent);
    expect(second.missed[0]).toBe(first.judgedUntil);
  });

  it("has every slot told once, and none twice, by however many steps", () => {
    const told: Instant[] = [];
    let card = fresh();
    for (let step = 0; step < 10; step++) {
      const { missed, judgedUntil } = judgeAt(card, 2 * DAY, frequent);
      told.push(...missed);
      card = { ...card, judgedUntil };
    }
    expect(told).toEqual(Array.from({ length: 576 }, (_, n) => momentAfter(SLOT, n * 5 * MINUTE)));
  });
});

describe("any judgement", () => {
  it("never moves back, and names only slots that nothing satisfies, each with its window over", () => {
    const anyMoment = fc.integer({ min: -2 * DAY, max: 9 * DAY }).map((ms) => momentAfter(SLOT, ms));
    const anyRuns = fc.array(anyMoment.map(success), { maxLength: 4 });
    const anyActive = fc.option(anyMoment.map((at) => activeRun({ at })));
    const anyGap = fc.constantFrom(HOUR, 6 * HOUR, DAY);
    fc.assert(
      fc.property(anyGap, anyMoment, anyMoment, anyRuns, anyActive, (gap, judgedUntil, now, runs, active) => {
        const judged = judgeSlots(fresh({ judgedUntil, runs, active }), every(gap), new Date(now));
        expect(millis(judged.judgedUntil)).toBeGreaterThanOrEqual(millis(judgedUntil));
        for (const slot of judged.missed) {
          const [begin, end] = [millis(slot), millis(slot) + gap];
          const isIn = (at: Instant): boolean => millis(at) >= begin && millis(at) < end;
          expect(begin).toBeGreaterThanOrEqual(millis(judgedUntil));
          expect(end).toBeLessThanOrEqual(Math.min(millis(now), millis(judged.judgedUntil)));
          expect(runs.some(({ startedAt }) => isIn(startedAt))).toBe(false);
          expect(active !== null && isIn(active.at)).toBe(false);
        }
      }),
      { numRuns: 500 },
    );
  });
});
