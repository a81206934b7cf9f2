import { expect, test } from "vitest";
import type { Deps } from "../../backup/deps.ts";
import { readMessage } from "../../backup/follow-message.ts";
import { INTERVALS } from "../../backup/intervals.ts";
import { readCard, readRecord, writeCard, writeRecord } from "../../backup/ledger.ts";
import { cardOf, runningRun } from "../backup/samples.ts";
import { usable } from "../backup/some-settings.ts";
import { fakeBlobs } from "../fakes/fake-blobs.ts";
import { fakeContainers } from "../fakes/fake-containers.ts";
import { fakeHsm } from "../fakes/fake-hsm.ts";
import { fakeQueue } from "../fakes/fake-queue.ts";
import { newerDeps, readByNewer } from "./newer-version.ts";

const now = (): Date => new Date("2026-11-23T02:00:00Z");
const run = runningRun();

function twoVersions() {
  const queue = fakeQueue({ now });
  const services = {
    ...fakeBlobs(),
    ...queue,
    ...fakeContainers({ now, storageUrl: "https://backups.blob.core.windows.net" }),
    ...fakeHsm({ now, jobTime: 1_000, writeBlob: () => undefined }),
  };
  const settings = usable();
  const deps = { now, newId: () => "00000001", settings, intervals: INTERVALS, ...services };
  const log = (): void => undefined;
  const current: Deps = { ...deps, log };
  return { current, newer: { ...newerDeps(deps), log }, queue };
}

test("a newer app reads its own records and those of the current one, which leaves the newer ones alone", async () => {
  const { current, newer } = twoVersions();
  await writeRecord(newer, run, null);
  expect(await readRecord(newer, run.hsm, run.id)).toMatchObject({ outcome: "run", run });
  const read = await readRecord(current, run.hsm, run.id);
  expect(read).toMatchObject({ outcome: "newer", version: 2 });
  expect("etag" in read && (await writeRecord(current, run, read.etag)).outcome).toBe("written");
  expect(await readRecord(newer, run.hsm, run.id)).toMatchObject({ outcome: "run", run });
});

test("a newer app's messages are of a newer version, and it understands both", async () => {
  const { current, newer, queue } = twoVersions();
  const message = { hsm: run.hsm, run: run.id, seq: 3 };
  await newer.wakeLater(message, 0);
  await current.wakeLater(message, 0);
  const bodies = queue.all().map(({ body }) => body);
  expect(bodies.map((body) => readMessage(body).outcome)).toEqual(["newer", "message"]);
  expect(bodies.map((body) => readMessage(readByNewer(body)))).toEqual([
    { outcome: "message", message },
    { outcome: "message", message },
  ]);
});

test("a newer app's card has a field more, which the current one keeps", async () => {
  const { current, newer } = twoVersions();
  await writeCard(newer, cardOf(), null);
  const read = await readCard(current, "contoso");
  if (read.outcome !== "card") throw new Error(`The card is ${read.outcome}.`);
  await writeCard(current, { ...read.card, failuresInARow: 1 }, read.etag);
  expect(await readCard(current, "contoso")).toMatchObject({ card: { failuresInARow: 1, writtenByNewer: true } });
});
