import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { coverageOf, slotsBetween } from "../../../backup/decide/coverage.ts";
import { after, DAY, HOUR, type Instant, MINUTE, millis } from "../../../backup/model/instant.ts";
import { makeRunId } from "../../../backup/model/names.ts";
import { RUN_STATES } from "../../../backup/model/run.ts";
import type { Schedule } from "../../../backup/model/settings.ts";
import type { CoverageSlot } from "../../../backup/model/views/coverage-view.ts";
import type { ListedRun } from "../../../backup/model/views/listed-run.ts";
import { every, everyDayAt, never } from "../../fakes/fake-schedule.ts";
import { SLOT } from "../samples.ts";

const DAILY = everyDayAt(2);
const SLOT_TIME = 7 * HOUR;
const at = (ms: number): Instant => after(SLOT, ms);

const UNSUCCESSFUL: readonly string[] = ["Failed", "Canceled", "TimedOut"];

/** A run that was started `ms` milliseconds after the slot and took four minutes. */
const run = (ms: number, state: string, changes: Partial<ListedRun> = {}): ListedRun => ({
  id: makeRunId(at(ms), 0, "aaaaaaaa"),
  hsm: "contoso",
  state,
  trigger: "schedule",
  slot: null,
  startedAt: at(ms),
  endedAt: at(ms + 4 * MINUTE),
  blobCount: 12,
  bytes: 3_400_000,
  ...changes,
});

type Asked = { readonly now?: number; readonly firstSeen?: number | null; readonly days?: number; schedule?: Schedule };

/** The slots of the last days, newest first, of an HSM that was first seen long ago. */
function coverage(runs: readonly ListedRun[], { now = DAY, firstSeen = -90 * DAY, days = 3, ...asked }: Asked = {}) {
  const until = new Date(at(now));
  const since = new Date(at(now - days * DAY));
  const { spans } = slotsBetween(asked.schedule ?? DAILY, { since, until, most: 2_000 });
  const firstSeenAt = firstSeen === null ? null : at(firstSeen);
  return coverageOf(spans, runs, { now: until, firstSeenAt, slotTime: SLOT_TIME });
}
/** The slot of the samples. Its time is over, and the next slot has come. */
function slotWith(runs: readonly ListedRun[], asked: Asked = {}): CoverageSlot | undefined {
  return coverage(runs, { now: DAY + HOUR, ...asked }).find(({ slot }) => slot === SLOT);
}

describe("a slot", () => {
  it.each([
    ["at its very instant", 0],
    ["hours later, by hand", 9 * HOUR],
    ["a millisecond before the next slot", DAY - 1],
  ])("is covered by a success that was started %s", (_when, ms) => {
    const success = run(ms, "Succeeded");
    const covered = { state: "covered", run: success.id, failures: 0, seconds: 240, bytes: 3_400_000 };
    expect(slotWith([success])).toMatchObject(covered);
  });

  it.each([
    ["before it", -1],
    ["at the next slot", DAY],
  ])("is missed where a success was started %s", (_when, ms) => {
    expect(slotWith([run(ms, "Succeeded")])).toMatchObject({ state: "missed", run: null, seconds: null, bytes: null });
  });

  it("is covered by its newest success, whatever failed before or after it", () => {
    const runs = [run(5 * HOUR, "Failed"), run(4 * HOUR, "Succeeded"), run(HOUR, "Succeeded"), run(0, "TimedOut")];
    expect(slotWith(runs)).toMatchObject({ state: "covered", run: runs[1]?.id, failures: 2 });
  });

  it.each(["Failed", "Canceled", "TimedOut", "Unreadable"])("is failed by a run that is %s", (state) => {
    const runs = [run(HOUR, "Failed"), run(2 * HOUR, state)];
    expect(slotWith(runs)).toMatchObject({ state: "failed", run: runs[1]?.id, failures: 2, isRunning: false });
    expect(coverage([run(1, state)], { now: MINUTE })[0]).toMatchObject({ state: "failed" });
  });

  it("that failed stays failed while its next try runs", () => {
    const active = run(2 * HOUR, "Starting", { endedAt: null });
    expect(slotWith([active, run(HOUR, "Failed")])).toMatchObject({ state: "failed", run: active.id, isRunning: true });
  });

  it("whose first run is active is not due, also after its time", () => {
    const active = run(20 * HOUR, "InProgress", { endedAt: null });
    const shown = { state: "notDue", run: active.id, failures: 0, isRunning: true, seconds: null };
    expect(slotWith([active])).toMatchObject(shown);
  });

  it("without a run is not due until its time is over, and missed then", () => {
    const newest = (now: number) => coverage([], { now })[0];
    expect([newest(0), newest(SLOT_TIME)]).toMatchObject([
      { slot: SLOT, state: "notDue" },
      { slot: SLOT, state: "notDue" },
    ]);
    expect(newest(SLOT_TIME + 1)).toMatchObject({ slot: SLOT, state: "missed" });
  });

  it("without a run is missed once the next slot has come, however short the time between", () => {
    const slots = coverage([], { now: HOUR + 1, days: 0.125, schedule: every(HOUR) });
    expect(slots.map(({ state }) => state)).toEqual(["notDue", "missed", "missed"]);
  });

  it("of a run whose metadata was lost is found by the run's id, and is not covered", () => {
    const lost = run(HOUR, "Unreadable", { startedAt: null, endedAt: null, bytes: null });
    expect(slotWith([lost])).toMatchObject({ state: "failed", run: lost.id });
    expect(slotWith([{ ...lost, startedAt: "yesterday" }])).toMatchObject({ state: "failed", run: lost.id });
  });

  it("is not covered by a success further ahead than clocks differ", () => {
    expect(coverage([run(5 * HOUR, "Succeeded")], { now: HOUR })[0]).toMatchObject({ state: "notDue", run: null });
  });
});

describe("the slots before an HSM was known", () => {
  const statesOf = (runs: readonly ListedRun[], firstSeen: number | null) =>
    coverage(runs, { now: 12 * HOUR, days: 4, firstSeen }).map(({ state }) => state);

  it("are not due where they ended before it was first seen", () => {
    expect(statesOf([], -DAY + HOUR)).toEqual(["missed", "missed", "notDue", "notDue"]);
    expect(statesOf([], 2 * HOUR)).toEqual(["missed", "notDue", "notDue", "notDue"]);
  });

  it("are missed from its oldest run on, though its state is younger", () => {
    expect(statesOf([run(-2 * DAY + HOUR, "Succeeded")], 2 * HOUR)).toEqual(["missed", "missed", "covered", "notDue"]);
  });

  it("end with the newest slot where no state and no run is known", () => {
    expect(statesOf([], null)).toEqual(["missed", "notDue", "notDue", "notDue"]);
  });
});

describe("the slots of a schedule", () => {
  const until = new Date(at(0));

  it("are those from the first instant to the last, both included, with the one that follows", () => {
    const { spans, hasMore } = slotsBetween(DAILY, { since: new Date(at(-2 * DAY)), until, most: 9 });
    const slot = millis(SLOT);
    expect(spans).toEqual([0, 1, 2].map((n) => ({ slot: slot - n * DAY, next: slot - (n - 1) * DAY })));
    expect(hasMore).toBe(false);
  });

  it("are cut off after the most that are wanted", () => {
    const wanted = { since: new Date(at(-2 * DAY)), until };
    expect(slotsBetween(DAILY, { ...wanted, most: 2 })).toMatchObject({ spans: [{}, {}], hasMore: true });
    expect(slotsBetween(DAILY, { ...wanted, most: 3 }).hasMore).toBe(false);
  });

  it("are none where the schedule has none", () => {
    expect(slotsBetween(never, { since: new Date(0), until, most: 9 })).toEqual({ spans: [], hasMore: false });
  });
});

describe("the coverage of any runs", () => {
  const anyRun = fc
    .tuple(fc.integer({ min: -6 * DAY, max: DAY }), fc.constantFrom(...RUN_STATES))
    .map(([ms, state]) => run(ms, state));
  const anyWorld = {
    runs: fc.array(anyRun, { maxLength: 12 }),
    gap: fc.constantFrom(5 * MINUTE, HOUR, DAY, 3 * DAY),
    firstSeen: fc.integer({ min: -6 * DAY, max: 0 }),
  };

  it("shows every slot once, newest first, with each of its runs counted once", () => {
    fc.assert(
      fc.property(fc.record(anyWorld), ({ runs, gap, firstSeen }) => {
        const slots = coverage(runs, { now: 0, firstSeen, days: 4, schedule: every(gap) });
        const newest = Math.floor(millis(SLOT) / gap) * gap;
        const count = Math.floor((newest - millis(at(-4 * DAY))) / gap) + 1;
        expect(slots.map(({ slot }) => millis(slot))).toEqual(
          Array.from({ length: count }, (_, n) => newest - n * gap),
        );
        const until = Math.min(newest + gap - 1, millis(SLOT) + HOUR);
        const failures = runs.filter(({ state, startedAt }) => {
          const start = millis(startedAt ?? "");
          return UNSUCCESSFUL.includes(state) && start >= newest - (count - 1) * gap && start <= until;
        });
        expect(slots.reduce((sum, slot) => sum + slot.failures, 0)).toBe(failures.length);
      }),
      { numRuns: 200 },
    );
  });

  it("is covered exactly where a success was started from the slot on and before the next, whatever else there is", () => {
    fc.assert(
      fc.property(fc.record(anyWorld), ({ runs, gap, firstSeen }) => {
        for (const { slot, state } of coverage(runs, { now: 0, firstSeen, days: 4, schedule: every(gap) })) {
          const starts = runs.filter((each) => each.state === "Succeeded").map((each) => millis(each.startedAt ?? ""));
          const isCovered = starts.some(
            (start) => start >= millis(slot) && start < millis(slot) + gap && start <= millis(SLOT) + HOUR,
          );
          expect(state === "covered").toBe(isCovered);
        }
      }),
      { numRuns: 200 },
    );
  });
});
