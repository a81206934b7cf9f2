import { describe, expect, it } from "vitest";
import { CallFailed } from "../../backup/call-failed.ts";
import { findRun } from "../../backup/find-runs.ts";
import { recordName, writeCard, writeRecord } from "../../backup/ledger.ts";
import { toRecord } from "../../backup/record.ts";
import { makeRunId } from "../../backup/run-id.ts";
import { readingDeps } from "./reading-deps.ts";
import {
  activeRun,
  cardOf,
  failedRun,
  RUN_ID,
  runningRun,
  SLOT,
  STARTED,
  startingRun,
  succeededRun,
} from "./samples.ts";

describe("finding a run", () => {
  it.each([startingRun(), runningRun(), succeededRun(), failedRun()])(
    "that is $state gives its record",
    async (run) => {
      const { deps } = readingDeps();
      await writeRecord(deps, run, null);
      expect(await findRun(deps, "contoso", RUN_ID)).toEqual({ outcome: "found", record: toRecord(run) });
    },
  );

  it("that has no record yet shows it from the card, as Starting", async () => {
    const { deps } = readingDeps();
    await writeCard(deps, cardOf({ active: activeRun() }), null);
    const found = await findRun(deps, "contoso", RUN_ID);
    expect(found).toMatchObject({ outcome: "found", record: { id: RUN_ID, state: "Starting", seq: 0, attempts: [] } });
    expect(found).toMatchObject({ record: { slot: SLOT, startedAt: STARTED, jobId: null, endedAt: null } });
  });

  it("that isn't the one on the card finds none", async () => {
    const { deps } = readingDeps();
    await writeCard(deps, cardOf({ active: activeRun({ id: makeRunId(SLOT, 2, "aaaaaaaa") }) }), null);
    expect(await findRun(deps, "contoso", RUN_ID)).toEqual({ outcome: "absent" });
  });

  it("never gives another HSM's", async () => {
    const { deps, ledger } = readingDeps();
    await writeRecord(deps, succeededRun(), null);
    expect(await findRun(deps, "fabrikam", RUN_ID)).toEqual({ outcome: "absent" });
    ledger.put(recordName("fabrikam", RUN_ID), JSON.stringify(toRecord(succeededRun())));
    expect(await findRun(deps, "fabrikam", RUN_ID)).toMatchObject({ outcome: "unreadable" });
  });

  it.each([
    ["contoso", "latest"],
    ["contoso", "../../hsms/fabrikam"],
    ["contoso", `${RUN_ID}/`],
    ["contoso", ""],
    ["../contoso", RUN_ID],
    ["Contoso", RUN_ID],
    ["", RUN_ID],
  ])("of a tampered address finds none, without asking the ledger: %j %j", async (hsm, id) => {
    const { deps } = readingDeps({ readBlob: () => Promise.reject(new Error("the ledger was asked")) });
    expect(await findRun(deps, hsm, id)).toEqual({ outcome: "absent" });
  });

  it.each([
    ["can't be read", "{", "JSON"],
    ["is of a newer version", JSON.stringify({ schemaVersion: 2 }), "newer version, 2"],
  ])("whose record %s says so", async (_what, body, said) => {
    const { deps, ledger } = readingDeps();
    ledger.put(recordName("contoso", RUN_ID), body);
    const found = await findRun(deps, "contoso", RUN_ID);
    expect(found).toMatchObject({ outcome: "unreadable", problem: expect.stringContaining(said) });
  });

  it("fails where the ledger is gone, which isn't the same as no run", async () => {
    const { deps, ledger } = readingDeps();
    ledger.deleteContainer();
    await expect(findRun(deps, "contoso", RUN_ID)).rejects.toBeInstanceOf(CallFailed);
  });
});
