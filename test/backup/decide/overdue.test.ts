import { describe, expect, it } from "vitest";
import { standingOf, unknownStanding } from "../../../backup/decide/overdue.ts";
import { after, DAY, HOUR } from "../../../backup/model/instant.ts";
import { INTERVALS } from "../../../backup/model/intervals.ts";
import type { Settings } from "../../../backup/model/settings.ts";
import type { HsmState } from "../../../backup/model/state.ts";
import type { Standing } from "../../../backup/model/views/standing.ts";
import { everyDayAt, never, onWeekdays } from "../../fakes/fake-schedule.ts";
import { inProgressRun, RUN_ID, SLOT, STARTED, stateOf, success, summary } from "../samples.ts";
import { settingsOf } from "../some-settings.ts";

const standing = (state: HsmState, now: string, changes: Partial<Settings> = {}): Standing =>
  standingOf(state, settingsOf(changes), new Date(now), INTERVALS);
const backedUpAt = (startedAt: string): HsmState => stateOf({ newestSuccess: success(startedAt) });

/** The slot after SLOT, the deadline of 6 h, and 1 h. */
const LIMIT = after(SLOT, DAY + 7 * HOUR);

describe("an HSM with a verified success", () => {
  it("is overdue once a deadline and an hour have passed since the first slot after its start", () => {
    expect(standing(backedUpAt(STARTED), LIMIT)).toMatchObject({ overdueAt: LIMIT, isOverdue: false });
    expect(standing(backedUpAt(STARTED), after(LIMIT, 1))).toMatchObject({ overdueAt: LIMIT, isOverdue: true });
  });

  it("that was started at the very instant of a slot has satisfied it: the next one counts", () => {
    expect(standing(backedUpAt(SLOT), SLOT).overdueAt).toBe(LIMIT);
  });

  it("is judged by slots, not by age: over a weekend without slots it is not overdue", () => {
    const weekdays = { schedule: onWeekdays(2, [1, 2, 3, 4, 5]) };
    const friday = backedUpAt("2026-11-20T02:00:04.000Z");
    expect(standing(friday, "2026-11-23T09:00:00.000Z", weekdays).isOverdue).toBe(false);
    expect(standing(friday, "2026-11-23T09:00:00.001Z", weekdays).isOverdue).toBe(true);
  });

  it.each([
    [30 * HOUR, after(STARTED, 30 * HOUR)],
    [40 * HOUR, LIMIT],
  ])("with BACKUP_MAX_AGE of %d ms is overdue from whichever limit comes first", (maxAge, overdueAt) => {
    expect(standing(backedUpAt(STARTED), SLOT, { maxAge }).overdueAt).toBe(overdueAt);
  });

  it("shows when it was started, by which run, and its age", () => {
    expect(standing(backedUpAt(STARTED), after(STARTED, HOUR))).toMatchObject({
      hsm: "contoso",
      newestSuccess: STARTED,
      newestSuccessRun: RUN_ID,
      ageSeconds: 3_600,
      failuresInARow: 0,
      problem: null,
    });
  });
});

describe("an HSM without a verified success", () => {
  it.each([
    ["that was never seen before", stateOf({ firstSeenAt: SLOT })],
    ["whose runs all failed", stateOf({ runs: [summary(), summary()] })],
    ["whose success lies more than an hour ahead", backedUpAt(after(SLOT, 2 * HOUR))],
    ["whose newest success is none", stateOf({ newestSuccess: summary() })],
  ])("is overdue at once: one %s", (_what, state) => {
    expect(standing(state, SLOT)).toMatchObject({
      newestSuccess: null,
      ageSeconds: null,
      overdueAt: null,
      isOverdue: true,
    });
  });

  it("is overdue also where the schedule has no slot", () => {
    expect(standing(backedUpAt(STARTED), after(STARTED, HOUR), { schedule: never })).toMatchObject({ isOverdue: true });
    expect(standing(backedUpAt(STARTED), SLOT, { schedule: everyDayAt(2) }).isOverdue).toBe(false);
  });
});

describe("how an HSM stands", () => {
  it("shows the active run, its state, and the failures since the last success", () => {
    const state = stateOf({ active: inProgressRun(), runs: [summary(), summary(), success(SLOT)] });
    expect(standing(state, SLOT)).toMatchObject({ running: RUN_ID, runningState: "InProgress", failuresInARow: 2 });
  });

  it("is never better than the truth where nothing is known", () => {
    expect(unknownStanding("contoso", "damaged")).toMatchObject({
      isOverdue: true,
      newestSuccess: null,
      problem: "damaged",
    });
  });
});
