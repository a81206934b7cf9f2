import type { BlockBlobClient } from "@azure/storage-blob";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FOLLOW_QUEUE } from "../../azure/storage/storage-clients.ts";
import { type Fields, fieldsOf, parseJson, text } from "../../backup/fields.ts";
import { recordName } from "../../backup/ledger.ts";
import { readBlob } from "../read-blob.ts";
import { until } from "../until.ts";
import { errorIn, fieldsIn, NEW_YEAR, untilEnded } from "./answers.ts";
import { type AppWorld, startAppWorld } from "./app-world.ts";
import type { Installation } from "./installation.ts";
import { viewLedger } from "./ledger-view.ts";
import type { RunningHost } from "./running-host.ts";

// The HSM says so in Retry-After, and until then nobody looks: time to change what lies in queue and ledger.
const JOB_SECONDS = 5;
const NEWER = 2;

// Each has an installation of its own. Where tests share one, emptying the queue takes the others' messages along: they
// wait in vain for what they sent, and a run whose records can't be read at that moment is woken by nobody any more.
describe("what a newer version of the app left behind", () => {
  let world: AppWorld;
  beforeAll(async () => {
    world = await startAppWorld(["message", "record", "forward"], "short");
  }, 60_000);
  afterAll(() => world?.stop());

  /** A host, and a run of the HSM whose job is under way and looked at in some seconds. */
  async function startRun(app: Installation, hsm: string, deadline?: string): Promise<[RunningHost, Fields]> {
    await world.control("POST", hsm, "faults", [{ fault: "slow", operation: "backup", seconds: JOB_SECONDS }]);
    const settings = { ...world.only(hsm), BACKUP_SCHEDULE: NEW_YEAR };
    const host = await app.startHost(deadline === undefined ? settings : { ...settings, SHORT_DEADLINE: deadline });
    const run = fieldsIn(await host.post(JSON.stringify({ hsm })));
    expect(run).toMatchObject({ hsm, state: "InProgress" });
    return [host, run];
  }

  /** A host whose ledger has a record of a newer version under a run, and the record's own bytes. */
  async function startNewer(app: Installation, hsm: string, deadline?: string) {
    const [host, run] = await startRun(app, hsm, deadline);
    const id = text(run, "id");
    const record = app.ledger.getBlockBlobClient(recordName(hsm, id));
    const [own, { etag }] = await Promise.all([readBlob(record), record.getProperties()]);
    const newer = JSON.stringify({ ...fieldsOf(parseJson(own, "record"), "record"), schemaVersion: NEWER, more: true });
    await put(record, newer, etag);
    const told = await until("it is left alone", () => host.events("record.leftAlone")[0]);
    expect(told).toMatchObject({ hsm, run: id, version: NEWER });
    const shown = await host.get(`/api/backups/${hsm}/${id}`);
    expect([shown.status, errorIn(shown).code]).toEqual([409, "recordUnreadable"]);
    return { host, run, id, record, own, newer };
  }

  test.concurrent("a run whose wake-up is of a newer version goes on all the same: the message is dropped, and reconcile wakes the run", {
    timeout: 90_000,
  }, async ({ onTestFinished }) => {
    const app = await world.installAnother();
    onTestFinished(app.stop);
    const [host, { id, seq }] = await startRun(app, "message");
    const queue = app.queues.getQueueClient(FOLLOW_QUEUE);
    await queue.clearMessages();
    const message = JSON.stringify({ v: NEWER, hsm: "message", run: id, seq });
    await queue.sendMessage(Buffer.from(message).toString("base64"));
    const dropped = await until("the message is dropped", () => host.events("message.dropped")[0]);
    await until("nothing is left that could wake the run", async () => (await countMessages(app)) === 0);
    expect(await viewLedger(app.ledger, "message")).toMatchObject({ records: [{ state: "InProgress", seq }] });

    const record = await untilEnded(host, "message", id);
    expect(dropped.why).toContain("it is of a newer version");
    expect(host.events("backup.woken")[0]).toMatchObject({ hsm: "message", run: id, seq, why: "nobody followed it" });
    expect(record).toMatchObject({ state: "Succeeded", error: null });
  });

  test.concurrent("a record of a newer version is left alone until the run's deadline, and then ended as unreadable", {
    timeout: 90_000,
  }, async ({ onTestFinished }) => {
    const app = await world.installAnother();
    onTestFinished(app.stop);
    const { host, run, id, record, newer } = await startNewer(app, "record", "PT15S");
    // Its message comes, too, and finds nothing that it understands.
    await until("its messages are used up", async () => (await countMessages(app)) === 0);
    expect(await readBlob(record)).toBe(newer);

    const failed = await until("it is told as failed", () => host.events("backup.failed")[0], 40);
    const ended = await untilEnded(host, "record", id);
    expect(failed).toMatchObject({ hsm: "record", run: id, code: "recordUnreadable" });
    expect(ended).toMatchObject({ state: "Failed", error: { code: "recordUnreadable" } });
    expect(text(ended, "endedAt") > text(run, "deadlineAt")).toBe(true);
    const [repaired] = host.events("ledger.repaired");
    expect(repaired?.problem).toContain("newer version, 2");
    expect(await readBlob(app.ledger.getBlobClient(String(repaired?.keptAs)))).toBe(newer);
    await until("the card is given back", async () => (await viewLedger(app.ledger, "record")).card?.active === null);
  });

  test.concurrent("a record that its newer version takes back before the deadline goes on from where it was", {
    timeout: 90_000,
  }, async ({ onTestFinished }) => {
    const app = await world.installAnother();
    onTestFinished(app.stop);
    const { host, run, id, record, own } = await startNewer(app, "forward");
    await until("its messages are used up", async () => (await countMessages(app)) === 0);
    await put(record, own, (await record.getProperties()).etag);
    const ended = await untilEnded(host, "forward", id);
    expect(ended).toMatchObject({ state: "Succeeded", jobId: run.jobId, error: null });
    expect(host.events("backup.woken")[0]).toMatchObject({ hsm: "forward", run: id });
    expect(host.events("ledger.repaired")).toEqual([]);
  });
});

/** Writes a record's bytes where its ETag still stands, with the metadata that it has. */
async function put(record: BlockBlobClient, body: string, etag: string | undefined): Promise<void> {
  if (etag === undefined) throw new Error(`${record.name} has no ETag.`);
  const { metadata = {} } = await record.getProperties();
  await record.upload(body, Buffer.byteLength(body), { metadata, conditions: { ifMatch: etag } });
}

/** The messages of the app's queue, hidden ones too. */
async function countMessages({ queues }: Installation): Promise<number> {
  const { approximateMessagesCount } = await queues.getQueueClient(FOLLOW_QUEUE).getProperties();
  return approximateMessagesCount ?? 0;
}
