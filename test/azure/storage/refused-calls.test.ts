import type { IncomingMessage } from "node:http";
import { afterEach, expect, test } from "vitest";
import { followQueue, ledgerBlobs } from "../../../azure/storage/ledger.ts";
import { after, HOUR, instantOf, SECOND } from "../../../backup/model/instant.ts";
import { failureOfCall } from "../../contract/failed-call.ts";
import { type Stub, type StubAnswer, startStub } from "./stub-storage.ts";

const MESSAGE = { schemaVersion: 1, hsm: "contoso", run: "20261123T020000Z-m-aaaaaaaa", seq: 0 };
const LIMIT = 30 * SECOND;

const send = (queue: Stub["queue"], limit = LIMIT): Promise<void> => {
  const now = new Date();
  return followQueue(queue, () => now, limit).sendMessage(MESSAGE, instantOf(now), after(now, HOUR));
};

let open: Stub | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

async function stubbed(answer: (request: IncomingMessage) => StubAnswer): Promise<Stub> {
  open = await startStub(answer);
  return open;
}

test("a marker that the service refuses is rejected", async () => {
  const { ledger } = await stubbed(() => ({ status: 400, code: "InvalidQueryParameterValue" }));
  expect(await failureOfCall(ledgerBlobs(ledger, LIMIT).listBlobs("runs/", "tampered", 10))).toMatchObject({
    reason: "rejected",
    code: "InvalidQueryParameterValue",
    operation: "list the ledger",
  });
});

test("a 412 for a lease isn't a lost race", async () => {
  const { ledger } = await stubbed(() => ({ status: 412, code: "LeaseIdMissing" }));
  const write = ledgerBlobs(ledger, LIMIT).writeBlob({ name: "a", body: "1", onlyIf: { etag: '"1"' } });
  expect(await failureOfCall(write)).toMatchObject({ reason: "rejected", status: 412 });
});

test("a busy service is asked again, and what the second answer says counts", async () => {
  let asked = false;
  const { ledger } = await stubbed(() => {
    if (asked) return { status: 412, code: "ConditionNotMet" };
    asked = true;
    return { status: 503, code: "ServerBusy" };
  });
  const write = ledgerBlobs(ledger, LIMIT).writeBlob({ name: "a", body: "1", onlyIf: "absent" });
  expect(await write).toEqual({ outcome: "lost" });
});

test("a service that stays busy, and one that hangs up, count as no answer", async () => {
  const answers: readonly StubAnswer[] = [
    { status: 503, code: "ServerBusy" },
    { status: 429, code: "Busy" },
    "hang up",
  ];
  for (const answer of answers) {
    const { ledger, close } = await stubbed(() => answer);
    expect(await failureOfCall(ledgerBlobs(ledger, LIMIT).readBlob("a"))).toMatchObject({ reason: "noAnswer" });
    await close();
    open = undefined;
  }
});

test("a service that never answers fails the call at the time limit", async () => {
  const { ledger, queue } = await stubbed(() => "silence");
  const limit = 150;
  const gaveUp = { reason: "noAnswer", status: null, code: "TimedOut", said: "no answer within 150 ms" };
  expect(await failureOfCall(ledgerBlobs(ledger, limit).readBlob("a"))).toMatchObject(gaveUp);
  expect(await failureOfCall(ledgerBlobs(ledger, limit).listBlobs("", undefined, 10))).toMatchObject(gaveUp);
  expect(await failureOfCall(send(queue, limit))).toMatchObject(gaveUp);
});

test("an answer that makes no sense is a CallFailed like any other", async () => {
  const { ledger, queue } = await stubbed(() => ({ status: 200, text: "<html>a proxy's page" }));
  expect(await failureOfCall(ledgerBlobs(ledger, LIMIT).listBlobs("", undefined, 10))).toMatchObject({
    reason: "unreadable",
  });
  expect(await failureOfCall(send(queue))).toMatchObject({ reason: "unreadable", operation: "send a message" });
});

test("a 404 that doesn't come from the blob service isn't taken for an absent blob", async () => {
  const { ledger } = await stubbed(() => ({ status: 404, text: "<html>no such site</html>" }));
  expect(await failureOfCall(ledgerBlobs(ledger, LIMIT).readBlob("a"))).toMatchObject({
    reason: "noAnswer",
    status: 404,
    code: "noCode",
  });
});

test("a queue that is being deleted counts as no answer, and the failure to create one names the role it needs", async () => {
  const deleting = await stubbed(() => ({ status: 409, code: "QueueBeingDeleted" }));
  const first = await failureOfCall(send(deleting.queue));
  expect(first).toMatchObject({ reason: "noAnswer", target: "backup-follow-ups" });
  await deleting.close();

  const denied = await stubbed(({ method }) =>
    method === "PUT"
      ? { status: 403, code: "AuthorizationPermissionMismatch" }
      : { status: 404, code: "QueueNotFound" },
  );
  const second = await failureOfCall(send(denied.queue));
  expect(second).toMatchObject({ reason: "denied", operation: "send a message" });
  expect(second.remedy).toContain('"Storage Queue Data Contributor"');
});
