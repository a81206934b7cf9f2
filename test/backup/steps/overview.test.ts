import { describe, expect, it } from "vitest";
import { stateName, writeState } from "../../../backup/ledger/ledger.ts";
import { after, HOUR } from "../../../backup/model/instant.ts";
import type { Settings } from "../../../backup/model/settings.ts";
import type { HsmState } from "../../../backup/model/state.ts";
import { checkHealth } from "../../../backup/steps/overview.ts";
import { failureOfCall } from "../../contract/failed-call.ts";
import { ledgerPorts } from "../ledger-ports.ts";
import { inProgressRun, SLOT, stateOf, success } from "../samples.ts";
import { settingsOf } from "../some-settings.ts";

const fresh = (hsm: string): HsmState => ({ ...stateOf({ newestSuccess: success(SLOT) }), hsm });

async function healthWith(
  states: readonly HsmState[],
  changes: Partial<Settings> = {},
  damaged: Record<string, string> = {},
) {
  const { ports, ledger } = ledgerPorts({ now: () => new Date(after(SLOT, HOUR)), settings: settingsOf(changes) });
  for (const state of states) await writeState(ports, state, null);
  for (const [hsm, text] of Object.entries(damaged)) ledger.put(stateName(hsm), text);
  return checkHealth(ports);
}

describe("health", () => {
  it("is good where every configured HSM has its backup, with what runs", async () => {
    const running = {
      ...fresh("fabrikam"),
      active: {
        ...inProgressRun(),
        hsm: "fabrikam",
        hsmUrl: "https://fabrikam.managedhsm.azure.net",
        container: "mhsm-backup-fabrikam-2026-11-23",
      },
    };
    const health = await healthWith([fresh("contoso"), running]);
    expect(health).toMatchObject({ isHealthy: true, problems: [] });
    expect(health.hsms).toMatchObject([
      { hsm: "contoso", isConfigured: true, isOverdue: false, newestSuccess: SLOT, running: null },
      { hsm: "fabrikam", isConfigured: true, runningState: "InProgress" },
    ]);
  });

  it("is bad where an HSM is overdue", async () => {
    const health = await healthWith([fresh("contoso"), { ...stateOf(), hsm: "fabrikam" }]);
    expect(health).toMatchObject({ isHealthy: false, hsms: [{ isOverdue: false }, { isOverdue: true }] });
  });

  it.each([
    ["damaged", "{", /its state can't be read/],
    ["of a newer version", '{"schemaVersion":2}', /its state can't be read: schemaVersion/],
  ])("is bad where a state is %s", async (_what, text, problem) => {
    const health = await healthWith([fresh("contoso")], {}, { fabrikam: text });
    expect(health.isHealthy).toBe(false);
    expect(health.hsms[1]).toMatchObject({ hsm: "fabrikam", isOverdue: true, problem: expect.stringMatching(problem) });
  });

  it("is bad where a state is missing, and says that the timer doesn't run", async () => {
    const health = await healthWith([fresh("contoso")]);
    expect(health.hsms[1]).toMatchObject({
      hsm: "fabrikam",
      isOverdue: true,
      problem: expect.stringContaining("timer"),
    });
  });

  it("is bad where a setting was rejected, and lists its HSM with the problem", async () => {
    const problems = [{ setting: "BACKUP_HSM_URLS", problem: "expected https", hsm: "adatum" }];
    const health = await healthWith([fresh("contoso"), fresh("fabrikam")], { problems });
    expect(health).toMatchObject({ isHealthy: false, problems });
    expect(health.hsms[2]).toMatchObject({ hsm: "adatum", isConfigured: false, problem: "expected https" });
  });

  it("lists an HSM that is no longer configured, and is good or bad without it", async () => {
    const health = await healthWith([fresh("contoso"), fresh("fabrikam"), { ...stateOf(), hsm: "adatum" }]);
    expect(health.isHealthy).toBe(true);
    expect(health.hsms[2]).toMatchObject({
      hsm: "adatum",
      isConfigured: false,
      problem: expect.stringContaining("not configured"),
    });
  });

  it("throws where the ledger is missing", async () => {
    const { ports, ledger } = ledgerPorts();
    ledger.deleteContainer();
    expect(await failureOfCall(checkHealth(ports))).toMatchObject({ reason: "ledgerMissing" });
  });
});
