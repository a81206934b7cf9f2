import { describe, expect, test } from "vitest";
import { HOUR, MINUTE } from "../../backup/instant.ts";
import { cardName, recordsOf } from "../../backup/ledger.ts";
import { makeProductWorld, type ProductWorld, STORAGE_URL } from "../steps/product-world.ts";
import { passQuickly } from "./pass-quickly.ts";
import { watchCalls } from "./watch-calls.ts";

const FAR = "9999-12-31T23:59:59.999Z";
const LARGEST = Number.MAX_SAFE_INTEGER;
const SLOTS = ["2026-11-24T02:00:00.000Z", "2026-11-25T02:00:00.000Z"];
/** When the job of the first slot runs, and when it has ended. */
const RUNNING = 9;
const ENDED = 13;

type Fields = Readonly<Record<string, unknown>>;
type Rows = readonly (readonly [string, number, Fields])[];

const fieldsIn = (json: string): Fields => {
  const value: unknown = JSON.parse(json);
  return typeof value === "object" && value !== null ? { ...value } : {};
};

/** Changes fields of contoso's card or newest record, as an operator might who means well. */
function change(world: ProductWorld, isIt: (name: string) => boolean, changes: Fields): void {
  const [name, blob] = [...world.blobs.blobs].find(([each]) => isIt(each)) ?? [];
  if (name === undefined || blob === undefined) throw new Error("There is nothing to change.");
  const json = JSON.stringify({ ...fieldsIn(world.blobs.textOf(name) ?? "{}"), ...changes });
  world.blobs.put(name, json, blob.metadata);
}

/** Two nights later: every slot has its backup, nothing is left open, and only the two HSMs and their account were called. */
async function expectTwoGoodNights(world: ProductWorld): Promise<void> {
  const watched = watchCalls(world.deps);
  await passQuickly({ ...world, deps: watched.deps }, 48 * HOUR + 30 * MINUTE);
  const { runs, active } = await world.cardOf("contoso");
  const backedUp = runs.filter(({ state }) => state === "Succeeded").map(({ slot }) => slot);
  expect(backedUp).toEqual(expect.arrayContaining(SLOTS));
  expect(active).toBeNull();
  expect(world.runsOf("fabrikam").map(({ state }) => state)).toEqual(["Succeeded", "Succeeded", "Succeeded"]);
  expect(watched.urls.filter((url) => !url.startsWith(`${STORAGE_URL}/mhsm-backup-`))).toEqual([]);
  expect(new Set(watched.hosts)).toEqual(new Set(["contoso", "fabrikam"]));
}

const made = async (minutes: number): Promise<ProductWorld> => {
  const world = makeProductWorld({ hsms: ["contoso", "fabrikam"] });
  await passQuickly(world, minutes * MINUTE);
  return world;
};

describe("a record that can be read and makes no sense", () => {
  const anotherContainer = "mhsm-backup-fabrikam-2026-11-23";
  const starting = { state: "Starting", jobId: null, folderUrl: null, attempts: [] };
  const rows: Rows = [
    ["its deadline is in the year 9999", RUNNING, { deadlineAt: FAR }],
    ["its deadline is long past", RUNNING, { deadlineAt: "1970-01-01T00:00:00Z" }],
    ["nobody is to look at it before the year 9999", RUNNING, { nextAt: FAR }],
    ["its doubt began in the year 9999", RUNNING, { doubt: { code: "jobUnknown", since: FAR, looks: 1 } }],
    ["its account is another one", RUNNING, { storageUrl: "https://elsewhere.blob.core.windows.net" }],
    ["its account is no account", RUNNING, { storageUrl: "mailto:nobody@example.org" }],
    ["its container is another HSM's", RUNNING, { container: anotherContainer }],
    ["its container is a path", RUNNING, { container: "../../backup-runs" }],
    ["its job's id is a path", RUNNING, { jobId: "../../keys/all" }],
    ["its job's id is a query", RUNNING, { jobId: "x?api-version=1&y=" }],
    ["its number is the largest there is", RUNNING, { seq: LARGEST }],
    ["its looks are the most there are", RUNNING, { followUps: LARGEST }],
    ["its folder is elsewhere", RUNNING, { folderUrl: "https://elsewhere.example/c/f" }],
    ["it starts in another account", RUNNING, { ...starting, storageUrl: "https://elsewhere.blob.core.windows.net" }],
    ["it starts in a container that can't be", RUNNING, { ...starting, container: "a/../b" }],
    ["it has ended already, badly", RUNNING, { state: "Failed", endedAt: FAR, error: anyError() }],
    ["it ended before it began", ENDED, { endedAt: "1970-01-01T00:00:00Z" }],
  ];
  test.each(rows)(
    "holds its HSM up for one run at most, and calls no other host: %s",
    async (_what, minutes, changes) => {
      const world = await made(minutes);
      change(world, (name) => name.startsWith(recordsOf("contoso")), changes);
      await expectTwoGoodNights(world);
    },
  );
});

function anyError(): Fields {
  return { code: "x".repeat(1_000), message: "", inner: [], remedy: "" };
}

describe("a card that can be read and makes no sense", () => {
  const active = (changes: Fields): Fields => ({
    active: {
      id: "20261123T020300Z-m-aaaaaaaa",
      slot: null,
      trigger: "manual",
      key: null,
      at: "2026-11-23T02:03:00Z",
      deadlineAt: "2026-11-23T08:03:00Z",
      storageUrl: STORAGE_URL,
      container: "mhsm-backup-contoso-2026-11-23",
      traceparent: null,
      ...changes,
    },
  });
  const summary = (index: number): Fields => ({
    id: "20261122T020000Z-1-aaaaaaaa",
    slot: "2026-11-22T02:00:00Z",
    trigger: "schedule",
    key: null,
    state: "Failed",
    startedAt: "2026-11-22T02:00:00Z",
    endedAt: new Date(index).toISOString(),
    blobCount: null,
    bytes: null,
  });
  const rows: Rows = [
    ["its slots are judged until the year 9999", ENDED, { judgedUntil: FAR }],
    ["it failed as often as there are numbers", ENDED, { failuresInARow: LARGEST }],
    ["its HSM left in the year 9999", ENDED, { leftAt: FAR }],
    ["its run is nobody's, until the year 9999", ENDED, active({ deadlineAt: FAR })],
    ["its run begins in the year 9999", ENDED, active({ at: FAR })],
    ["its run is in another account", ENDED, active({ storageUrl: "https://elsewhere.blob.core.windows.net" })],
    ["its run is in no container", ENDED, active({ container: "" })],
    ["its run has the id of another HSM's", ENDED, active({ id: "20261123T020000Z-1-00000002" })],
    ["its run has a slot in the year 9999", ENDED, active({ slot: FAR })],
    ["it remembers a thousand runs", ENDED, { runs: Array.from({ length: 1_000 }, (_, index) => summary(index)) }],
    ["a slot is being told since the year 9999", ENDED, { untold: [{ slot: "2026-11-22T02:00:00Z", at: FAR }] }],
  ];
  test.each(rows)(
    "holds its HSM up for one run at most, and calls no other host: %s",
    async (_what, minutes, changes) => {
      const world = await made(minutes);
      change(world, (name) => name === cardName("contoso"), changes);
      await expectTwoGoodNights(world);
    },
  );
});
