import { describe, expect, test } from "vitest";
import { dueRun } from "../../backup/decide/due.ts";
import { stateName } from "../../backup/ledger/ledger.ts";
import { HOUR, MINUTE } from "../../backup/model/instant.ts";
import { INTERVALS } from "../../backup/model/intervals.ts";
import { checkHealth } from "../../backup/steps/overview.ts";
import { stateOf, summary } from "../backup/samples.ts";
import { everyDayAt } from "../fakes/fake-schedule.ts";
import { makeApp } from "../functions/app-handlers.ts";
import { SLOT } from "../steps/product-world.ts";
import { ENDED, edit, expectTwoGoodNights, type Fields, RUNNING, worldAfter } from "./edit-ledger.ts";

const NAME = stateName("contoso");
const FAR = "2199-12-31T23:59:59.999Z";
const LARGEST = Number.MAX_SAFE_INTEGER;
const ELSEWHERE = "https://elsewhere.blob.core.windows.net";
const starting = { state: "Starting", jobId: undefined, folderUrl: undefined, attempts: [] };
const ended = { state: "Failed", endedAt: FAR, error: { code: "x".repeat(1_000), message: "", inner: [], remedy: "" } };

type Rows = readonly (readonly [what: string, minutes: number, part: "state" | "run" | "record", changes: Fields])[];

describe("a state or record that can be read and makes no sense", () => {
  const rows: Rows = [
    ["its run has a deadline that is long past", RUNNING, "run", { deadlineAt: "2001-01-01T00:00:00Z" }],
    ["its run is to be looked at in the year 2199", RUNNING, "run", { nextAt: FAR }],
    ["its run is to be looked at in the year 9999", RUNNING, "run", { nextAt: "9999-12-31T23:59:59.999Z" }],
    ["its run was in doubt in the year 2199", RUNNING, "run", { doubt: { code: "notFound", since: FAR, times: 1 } }],
    ["its run has another account", RUNNING, "run", { storageUrl: ELSEWHERE }],
    ["its run has an account with a blank after it", RUNNING, "run", { storageUrl: `${ELSEWHERE} ` }],
    ["its run has an account that isn't a storage account", RUNNING, "run", { storageUrl: "mailto:user@example.org" }],
    ["its run has another HSM's container", RUNNING, "run", { container: "mhsm-backup-fabrikam-2026-11-23" }],
    ["its run has a path for a container", RUNNING, "run", { container: "../../backup-runs" }],
    ["its run has another host", RUNNING, "run", { hsmUrl: "https://evil.example" }],
    ["its run has another HSM's host", RUNNING, "run", { hsmUrl: "https://fabrikam.managedhsm.azure.net" }],
    ["its run has a path for a job", RUNNING, "run", { jobId: "../../keys/all" }],
    ["its run has the largest number", RUNNING, "run", { seq: LARGEST - 100, looks: LARGEST }],
    ["its run has a folder elsewhere", RUNNING, "run", { folderUrl: "https://elsewhere.example/c/f" }],
    ["its run starts in another account", RUNNING, "run", { ...starting, storageUrl: ELSEWHERE }],
    ["its run starts in a container that can't be", RUNNING, "run", { ...starting, container: "a/../b" }],
    [
      "its run has an attempt in the year 2199",
      RUNNING,
      "run",
      { ...starting, attempts: [{ at: FAR, outcome: null }] },
    ],
    ["its run has ended in the year 2199", RUNNING, "run", ended],
    ["its run was started in the year 2199", RUNNING, "run", { startedAt: FAR }],
    ["it was first seen in the year 2199", ENDED, "state", { firstSeenAt: FAR }],
    [
      "its newest success is in the future",
      ENDED,
      "state",
      { newestSuccess: summary({ state: "Succeeded", startedAt: FAR }) },
    ],
    [
      "its runs are all in the future",
      ENDED,
      "state",
      { runs: [summary({ state: "Succeeded", startedAt: FAR, endedAt: FAR })] },
    ],
    ["it remembers a thousand runs", ENDED, "state", { runs: Array.from({ length: 400 }, () => summary()) }],
    ["its successes took for ever", ENDED, "state", { successSeconds: Array(100).fill(LARGEST) }],
    ["its record ended before it began", ENDED, "record", { endedAt: "2001-01-01T00:00:00Z" }],
    ["its record is of another HSM", ENDED, "record", { hsm: "fabrikam" }],
  ];
  test.each(rows)(
    "delays its HSM by one run at most, and calls no other host: %s",
    async (_what, minutes, part, changes) => {
      const world = await worldAfter(minutes);
      edit(world, part, changes);
      await expectTwoGoodNights(world);
    },
  );
});

describe("a state that looks better than the truth", () => {
  test("with a success in the future is not healthy", async () => {
    const world = await worldAfter(ENDED);
    edit(world, "state", { runs: [], newestSuccess: summary({ state: "Succeeded", startedAt: FAR }) });
    expect((await checkHealth(world.ports)).isHealthy).toBe(false);
  });

  test("with a deadline in the year 2199 and a job that never ends is still overdue", async () => {
    const world = await worldAfter(ENDED);
    world.setTime("2026-11-24T02:00:00Z");
    world.hsm.at("contoso").planNextJob({ takes: 1e12 });
    await world.passTime(10 * MINUTE);
    edit(world, "run", { deadlineAt: FAR });
    await world.passTime(8 * HOUR);
    expect((await checkHealth(world.ports)).isHealthy).toBe(false);
    expect(world.queue.all().length).toBeLessThanOrEqual(2);
  });
});

describe("a state of another shape", () => {
  const DEEP = `${"[".repeat(1_000)}${"]".repeat(1_000)}`;
  test.each([
    ["in the state", /}$/, `,"x":${DEEP}}`],
    ["in a run of it", /"runs":\[{/, `"runs":[{"x":${DEEP},`],
  ])("with an unknown field that is nested 1,000 deep %s works as before", async (_where, at, put) => {
    const world = await worldAfter(ENDED);
    world.blobs.put(NAME, (world.blobs.textOf(NAME) ?? "").replace(at, put));
    const app = makeApp(world.ports);
    expect([(await app.list()).status, (await app.post(`{"hsm":"contoso"}`)).status]).toEqual([200, 202]);
  });

  test("is only {hsm}.json: other blobs beside it make no HSM, and no run twice", async () => {
    const world = await worldAfter(ENDED);
    for (const name of ["hsms/notes.text", "hsms/contoso.bak1", "hsms/A_B.json"]) world.blobs.put(name, "notes");
    await world.passTime(10 * MINUTE);
    const { text } = await makeApp(world.ports).list();
    expect([text.split('"hsm":"contoso"').length - 1, world.blobs.textOf("hsms/notes.json")]).toEqual([1, undefined]);
  });

  test("can't give one of its runs to another HSM in the overview", async () => {
    const world = await worldAfter(ENDED);
    edit(world, "state", { runs: [{ ...summary(), hsm: "unknown-hsm" }] });
    expect((await makeApp(world.ports).list()).text).not.toContain("unknown-hsm");
  });

  test("after try 9999 of a slot gives the next run an id that can be read", () => {
    const runs = [summary({ id: "20261123T020000Z-9999-aaaaaaaa", slot: SLOT, endedAt: "2026-11-23T02:01:00.000Z" })];
    expect(dueRun(stateOf({ runs }), everyDayAt(2), new Date("2026-11-23T12:00:00Z"), INTERVALS)?.slot).toBe(SLOT);
  });
});
