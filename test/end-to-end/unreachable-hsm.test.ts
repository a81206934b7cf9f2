import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Fields, fieldsOf } from "../../backup/fields.ts";
import { SECOND } from "../../backup/instant.ts";
import { until } from "../until.ts";
import { healthOf } from "./answers.ts";
import { type AppWorld, startAppWorld } from "./app-world.ts";
import { untilBackedUp, viewLedger } from "./ledger-view.ts";
import type { RunningHost } from "./running-host.ts";

// What a day is to the real app is ten seconds here, and a run's deadline is over before the next slot, as there. The
// limit is two slots and a half: an HSM that has a backup of each slot stays far below it.
const SHORT_DAYS = { BACKUP_SCHEDULE: "PT10S", SHORT_DEADLINE: "PT8S", BACKUP_MAX_AGE: "PT25S" };
/** What a backup takes here, with time to spare. */
const ENOUGH_TIME = 5.5 * SECOND;

describe("an HSM that can't be reached for longer than a slot", () => {
  let app: AppWorld;
  let host: RunningHost;
  beforeAll(async () => {
    app = await startAppWorld(["dark", "bright"], "short");
    host = await app.startHost(SHORT_DAYS);
  }, 60_000);
  afterAll(() => app?.stop());

  const told = (event: string, hsm: string) => host.events(event).filter((line) => line.hsm === hsm);

  test("is told as overdue, its slots as missed, while the other stays fine; then its slot is caught up, and the record tells the story", async () => {
    await untilBackedUp(app.ledger, "bright");
    const last = (await untilBackedUp(app.ledger, "dark")).card?.newestSuccess;
    await until("the HSMs are found well", async () => (await healthOf(host)).status === 200);

    await app.control("POST", "dark", "faults", [
      { fault: "hang", operation: "any", times: 2 },
      { fault: "status", operation: "any", status: 503, code: "ServiceUnavailable", times: 1_000 },
    ]);
    const overdue = await until("it is told as overdue", () => told("backup.checked", "dark").find(isOverdue), 60);
    const missed = await until("a missed slot is told", () => told("backup.missed", "dark")[0], 30);
    const sick = await healthOf(host);

    await until("a run of its newest slot was refused and has time left", () => hasTimeLeft("dark"), 30);
    await app.control("DELETE", "dark", "faults");
    const before = told("backup.checked", "dark").length;
    await until("it is told as fine again", () => told("backup.checked", "dark").slice(before).find(isFine));
    const well = await until("health is well", async () => {
      const health = await healthOf(host);
      return health.status === 200 ? health : undefined;
    });

    expect(overdue).toMatchObject({ level: "warning", limitSeconds: 25, newestSuccessRun: last?.id, problem: null });
    expect(overdue.ageSeconds).toBeGreaterThanOrEqual(25);
    expect(String(missed.slot) > String(last?.slot)).toBe(true);
    expect(sick.status).toBe(503);
    expect(sick.hsms).toMatchObject([
      { hsm: "dark", isOverdue: true, newestSuccessRun: last?.id },
      { hsm: "bright", isOverdue: false, problem: null },
    ]);
    expect(well.hsms).toMatchObject([
      { hsm: "dark", isOverdue: false },
      { hsm: "bright", isOverdue: false },
    ]);
    expect(told("backup.checked", "bright").filter(isOverdue)).toEqual([]);
    expect(told("backup.missed", "bright")).toEqual([]);
    await expectStory(String(missed.slot));
  }, 120_000);

  async function hasTimeLeft(hsm: string): Promise<boolean> {
    const { card, records } = await viewLedger(app.ledger, hsm);
    const record = records.find(({ id }) => id === card?.active?.id);
    const left = Date.parse(String(record?.deadlineAt)) - Date.now();
    return record !== undefined && attemptsOf(record).length > 0 && left > ENOUGH_TIME;
  }

  /** The records of the HSM that was away: of the slot that was missed, and of the one that was caught up. */
  async function expectStory(missed: string): Promise<void> {
    const { records } = await viewLedger(app.ledger, "dark");
    const lost = records.filter(({ slot }) => slot === missed);
    expect(lost.map(({ state }) => state)).toEqual(["TimedOut"]);
    expect(lost.flatMap(attemptsOf).map(({ code }) => code)).toContain("timeout");

    const later = records.filter(({ slot, state }) => String(slot) > missed && state === "Succeeded");
    const caughtUp = later.toSorted((a, b) => String(a.slot).localeCompare(String(b.slot))).slice(0, 1);
    expect(caughtUp).toMatchObject([{ state: "Succeeded", trigger: "schedule", error: null }]);
    expect(caughtUp[0]?.blobCount).toBeGreaterThan(0);
    const attempts = caughtUp.flatMap(attemptsOf);
    expect(attempts.slice(0, -1)).not.toEqual([]);
    for (const attempt of attempts.slice(0, -1)) {
      expect(attempt).toMatchObject({ code: "ServiceUnavailable", status: 503 });
    }
    expect(attempts.at(-1)).toMatchObject({ code: "accepted", status: 202 });
    const times = attempts.flatMap(({ at, answeredAt }) => [String(at), String(answeredAt)]);
    expect(times).toEqual(times.toSorted());

    // Each slot that passed is told once, and never the one that was caught up.
    const slots = told("backup.missed", "dark").map(({ slot }) => slot);
    expect(slots).toEqual([...new Set(slots)]);
    expect(slots).not.toContain(caughtUp[0]?.slot);
  }
});

const isOverdue = (line: Fields): boolean => line.isOverdue === true;
const isFine = (line: Fields): boolean => line.isOverdue === false;

/** The attempts of a record that have an outcome: when they began, when and how they were answered. */
function attemptsOf(record: Fields): readonly Fields[] {
  const attempts = Array.isArray(record.attempts) ? record.attempts.map((one) => fieldsOf(one, "attempt")) : [];
  return attempts.flatMap(({ at, outcome }) => {
    if (outcome === null) return [];
    const { code, status, at: answeredAt } = fieldsOf(outcome, "outcome");
    return [{ at, code, status, answeredAt }];
  });
}
