import { describe, expect, it } from "vitest";
import type { Card } from "../../backup/card.ts";
import { checkHealth } from "../../backup/health.ts";
import { DAY, HOUR, after as momentAfter } from "../../backup/instant.ts";
import { cardName } from "../../backup/ledger.ts";
import { readingDeps, settingsOf } from "./reading-deps.ts";
import { activeRun, cardOf, RUN_ID, SAS, SIGNATURE, SLOT, STORAGE, summary } from "./samples.ts";

const fresh = (hsm: string, changes: Partial<Card> = {}): Card =>
  cardOf({ hsm, since: momentAfter(SLOT, -HOUR), ...changes });
const old = (hsm: string): Card => cardOf({ hsm, since: momentAfter(SLOT, -3 * DAY) });

function depsWith(cards: readonly Card[], changes: Parameters<typeof readingDeps>[0] = {}) {
  const made = readingDeps(changes);
  for (const card of cards) made.ledger.put(cardName(card.hsm), JSON.stringify(card));
  return made;
}

describe("health", () => {
  it("is good where no configured HSM is overdue, with one entry for each", async () => {
    const newest = summary({ state: "Succeeded", startedAt: momentAfter(SLOT, -HOUR) });
    const contoso = fresh("contoso", { newestSuccess: newest, active: activeRun(), failuresInARow: 1 });
    const { deps } = depsWith([contoso, fresh("fabrikam")]);
    const health = await checkHealth(deps);
    expect(health.isHealthy).toBe(true);
    expect(health.hsms.map(({ hsm }) => hsm)).toEqual(["contoso", "fabrikam"]);
    expect(health.hsms[0]).toEqual({
      hsm: "contoso",
      problem: null,
      newestSuccess: momentAfter(SLOT, -HOUR),
      newestSuccessRun: RUN_ID,
      ageSeconds: 3_600,
      limitSeconds: 111_600,
      isOverdue: false,
      running: RUN_ID,
      failuresInARow: 1,
    });
  });

  it("isn't good where any configured HSM is overdue, and tells which", async () => {
    const health = await checkHealth(depsWith([fresh("contoso"), old("fabrikam")]).deps);
    expect(health.isHealthy).toBe(false);
    expect(health.hsms.map(({ isOverdue }) => isOverdue)).toEqual([false, true]);
  });

  it("doesn't ask for an HSM that has left the settings", async () => {
    const health = await checkHealth(depsWith([fresh("contoso"), fresh("fabrikam"), old("left")]).deps);
    expect(health.isHealthy).toBe(true);
    expect(health.hsms).toHaveLength(2);
  });

  it("isn't good where an HSM has no card: the timer has not come yet, or never comes", async () => {
    const health = await checkHealth(depsWith([fresh("fabrikam")]).deps);
    expect(health.isHealthy).toBe(false);
    expect(health.hsms[0]).toMatchObject({ isOverdue: true, problem: expect.stringContaining("no card") });
    expect(health.hsms[1]).toMatchObject({ isOverdue: false, problem: null });
  });

  it("isn't good where a card can't be read, and still judges the others", async () => {
    const { deps, ledger } = depsWith([fresh("fabrikam")]);
    ledger.put(cardName("contoso"), "{}");
    const health = await checkHealth(deps);
    expect(health.isHealthy).toBe(false);
    expect(health.hsms[0]).toMatchObject({ hsm: "contoso", isOverdue: true, problem: expect.stringContaining("card") });
    expect(health.hsms[1]).toMatchObject({ hsm: "fabrikam", isOverdue: false, problem: null });
  });

  it("isn't good for any HSM where the ledger is gone, and says so", async () => {
    const { deps, ledger } = depsWith([fresh("contoso"), fresh("fabrikam")]);
    ledger.deleteContainer();
    const health = await checkHealth(deps);
    expect(health.isHealthy).toBe(false);
    for (const { isOverdue, problem } of health.hsms) {
      expect(isOverdue).toBe(true);
      expect(problem).toContain("backup-runs");
    }
  });

  it("of one HSM isn't touched by the card of another that can't be had", async () => {
    const { deps, ledger } = depsWith([fresh("contoso"), fresh("fabrikam")]);
    const readBlob: typeof deps.readBlob = (name) =>
      name === cardName("contoso") ? Promise.reject(new Error("socket hang up")) : ledger.readBlob(name);
    const { hsms } = await checkHealth({ ...deps, readBlob });
    expect(hsms[0]).toMatchObject({ isOverdue: true, problem: expect.stringContaining("socket hang up") });
    expect(hsms[1]).toMatchObject({ isOverdue: false, problem: null });
  });

  it("shows what is wrong with the settings", async () => {
    const problems = [{ setting: "BACKUP_HSM_URL", problem: "no such setting" }];
    const { deps } = depsWith([fresh("contoso"), fresh("fabrikam")], { settings: settingsOf({ problems }) });
    expect((await checkHealth(deps)).problems).toEqual(problems);
  });

  it("shows no secret that was in the words of what went wrong", async () => {
    const { deps } = depsWith([], { readBlob: () => Promise.reject(new TypeError(`Invalid URL ${STORAGE}/c?${SAS}`)) });
    const health = await checkHealth(deps);
    expect(health.isHealthy).toBe(false);
    expect(JSON.stringify(health)).not.toContain(SIGNATURE);
  });
});
