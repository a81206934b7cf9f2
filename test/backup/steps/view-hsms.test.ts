import { describe, expect, it } from "vitest";
import { stateName, writeState } from "../../../backup/ledger/ledger.ts";
import { keepRecord, recordName } from "../../../backup/ledger/records.ts";
import { after, DAY, HOUR, MINUTE } from "../../../backup/model/instant.ts";
import type { Settings } from "../../../backup/model/settings.ts";
import type { HsmState } from "../../../backup/model/state.ts";
import type { Ports } from "../../../backup/ports.ts";
import { viewHsms } from "../../../backup/steps/view-hsms.ts";
import { hsmOf } from "../../steps/product-world.ts";
import { ledgerPorts } from "../ledger-ports.ts";
import { doubtOf, ENDED, inProgressRun, RUN_ID, recordOf, SLOT, stateOf, success, summary } from "../samples.ts";
import { settingsOf } from "../some-settings.ts";

const NOW = after(SLOT, HOUR);
const ERROR = { code: "InternalError", message: "The job failed.", inner: [], remedy: "Try again." };
const failedRecord = recordOf({ state: "Failed", folderUrl: null, blobCount: null, bytes: null, error: ERROR });

const covered = (hsm: string, changes: Partial<HsmState> = {}): HsmState => ({
  ...stateOf({ newestSuccess: success(SLOT), runs: [success(SLOT)], successSeconds: [200, 240, 300], ...changes }),
  hsm,
});
const runningOf = (hsm: string) =>
  inProgressRun({
    hsm,
    hsmUrl: hsmOf(hsm).url,
    container: `mhsm-backup-${hsm}-2026-11-23`,
    doubt: doubtOf("busy", SLOT, 2),
  });

async function worldWith(states: readonly HsmState[], settings: Partial<Settings> = {}, changes: Partial<Ports> = {}) {
  const hsms = states.map(({ hsm }) => hsmOf(hsm));
  const world = ledgerPorts({ now: () => new Date(NOW), settings: settingsOf({ hsms, ...settings }), ...changes });
  for (const state of states) await writeState(world.ports, state, null);
  return world;
}

describe("the view of an HSM", () => {
  it("has its newest success, what is usual, and when the next scheduled run starts", async () => {
    const { ports } = await worldWith([covered("contoso")]);
    expect(await viewHsms(ports)).toMatchObject({
      app: "local",
      version: "1.2.3",
      now: NOW,
      isHealthy: true,
      schedule: "0 0 2 * * *",
      authentication: "sas",
      problems: [],
      hsms: [
        {
          hsm: "contoso",
          isConfigured: true,
          firstSeenAt: "2026-11-01T12:00:00.000Z",
          hsmUrl: "https://contoso.managedhsm.azure.net",
          newestSuccess: SLOT,
          ageSeconds: 3_600,
          newestBytes: 3_400_000,
          newestBlobCount: 12,
          active: null,
          usualSeconds: 240,
          usualBytes: 3_400_000,
          newestFailure: null,
          nextStartAt: after(SLOT, DAY),
        },
      ],
    });
  });

  it("has the active run with its doubt, and no next start beside it", async () => {
    const active = runningOf("contoso");
    const { ports } = await worldWith([covered("contoso", { active })]);
    const { id, state, trigger, slot, startedAt, deadlineAt, looks } = active;
    expect((await viewHsms(ports)).hsms).toMatchObject([
      {
        running: id,
        active: { id, state, trigger, slot, startedAt, deadlineAt, looks, doubt: "busy" },
        nextStartAt: null,
      },
    ]);
  });

  it("has the newest run that failed with its error, and when the slot is tried again", async () => {
    const world = await worldWith([covered("contoso", { newestSuccess: null, runs: [summary()] })]);
    await keepRecord(world.ports, failedRecord);
    expect((await viewHsms(world.ports)).hsms).toMatchObject([
      {
        failuresInARow: 1,
        newestFailure: { run: RUN_ID, state: "Failed", endedAt: ENDED, error: ERROR },
        nextStartAt: after(ENDED, 15 * MINUTE),
      },
    ]);
  });

  it.each([
    ["is gone", undefined],
    ["can't be read", "{}"],
  ])("has no error where the record of that run %s", async (_what, text) => {
    const { ports, ledger } = await worldWith([covered("contoso", { runs: [summary()] })]);
    if (text !== undefined) ledger.put(recordName("contoso", RUN_ID), text);
    expect((await viewHsms(ports)).hsms).toMatchObject([{ newestFailure: { run: RUN_ID, error: null } }]);
  });

  it("has no error where the ledger refuses that record, and the log says why", async () => {
    const { ports, logged } = await worldWith([covered("contoso", { runs: [summary()] })]);
    const readBlob: Ports["readBlob"] = (name) =>
      name.startsWith("runs/") ? Promise.reject(new Error("refused")) : ports.readBlob(name);
    expect((await viewHsms({ ...ports, readBlob })).hsms).toMatchObject([{ newestFailure: { error: null } }]);
    expect(logged).toMatchObject([{ event: "step.failed", hsm: "contoso", run: RUN_ID }]);
  });

  it("has nothing but the problem where its state can't be read", async () => {
    const { ports, ledger } = await worldWith([covered("contoso")]);
    ledger.put(stateName("contoso"), "{ damaged");
    const view = await viewHsms(ports);
    expect(view.isHealthy).toBe(false);
    expect(view.hsms).toMatchObject([
      {
        isOverdue: true,
        problem: expect.stringMatching(/can't be read/),
        firstSeenAt: null,
        hsmUrl: "https://contoso.managedhsm.azure.net",
        active: null,
        usualSeconds: null,
        newestFailure: null,
        nextStartAt: null,
      },
    ]);
  });

  it("that is no longer configured has no URL and no next start", async () => {
    const { ports } = await worldWith([covered("contoso")], { hsms: [] });
    expect((await viewHsms(ports)).hsms).toMatchObject([
      { isConfigured: false, hsmUrl: null, nextStartAt: null, problem: expect.stringMatching(/not configured/) },
    ]);
  });
});

describe("the HSMs", () => {
  it("come as they need the operator: not covered, failing, running, the others, and what isn't configured", async () => {
    const names = ["woodgrove", "adatum", "tailwind", "contoso", "proseware", "fabrikam", "litware"];
    const states = [
      covered("woodgrove", { runs: [summary(), success(SLOT)] }),
      covered("adatum"),
      covered("tailwind", { active: runningOf("tailwind") }),
      covered("contoso"),
      covered("proseware", { newestSuccess: null, runs: [] }),
      covered("fabrikam"),
      covered("litware"),
    ];
    const hsms = names.filter((name) => name !== "adatum").map(hsmOf);
    const { ports, ledger } = await worldWith(states, { hsms });
    ledger.deleteBlob(stateName("litware"));
    expect((await viewHsms(ports)).hsms.map(({ hsm }) => hsm)).toEqual([
      "litware",
      "proseware",
      "woodgrove",
      "tailwind",
      "contoso",
      "fabrikam",
      "adatum",
    ]);
  });

  it("cost one read of each state, and of the record of each that fails", async () => {
    const { ports } = await worldWith([covered("contoso"), covered("fabrikam", { runs: [summary(), summary()] })]);
    const read: string[] = [];
    const readBlob: Ports["readBlob"] = (name) => {
      read.push(name);
      return ports.readBlob(name);
    };
    await viewHsms({ ...ports, readBlob });
    const record = recordName("fabrikam", RUN_ID);
    expect(read.toSorted()).toEqual(["hsms/contoso.json", "hsms/fabrikam.json", record]);
  });
});
