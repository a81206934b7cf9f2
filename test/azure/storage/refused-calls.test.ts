import type { IncomingMessage } from "node:http";
import { afterEach, expect, test } from "vitest";
import { followQueue } from "../../../azure/storage/follow-queue.ts";
import { ledgerBlobs } from "../../../azure/storage/ledger-blobs.ts";
import { failureOfCall } from "../../contract/failed-call.ts";
import { type Stub, type StubAnswer, startStub } from "./stub-storage.ts";

const MESSAGE = { hsm: "contoso", run: "20261123T020000Z-m-aaaaaaaa", seq: 0 };

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
  expect(await failureOfCall(ledgerBlobs(ledger).listBlobs("runs/", "tampered", 10))).toMatchObject({
    reason: "rejected",
    code: "InvalidQueryParameterValue",
    operation: "list the ledger",
  });
});

test("a 412 for somebody's lease is no lost race", async () => {
  const { ledger } = await stubbed(() => ({ status: 412, code: "LeaseIdMissing" }));
  const write = ledgerBlobs(ledger).writeBlob({ name: "a", body: "1", onlyIf: { etag: '"1"' } });
  expect(await failureOfCall(write)).toMatchObject({ reason: "rejected", status: 412 });
});

test("a busy service is asked again, and what the second answer says counts", async () => {
  let asked = false;
  const { ledger } = await stubbed(() => {
    if (asked) return { status: 412, code: "ConditionNotMet" };
    asked = true;
    return { status: 503, code: "ServerBusy" };
  });
  const write = ledgerBlobs(ledger).writeBlob({ name: "a", body: "1", onlyIf: "absent" });
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
    expect(await failureOfCall(ledgerBlobs(ledger).readBlob("a"))).toMatchObject({ reason: "noAnswer" });
    await close();
    open = undefined;
  }
});

test("a service that says nothing is given up when the time is over", async () => {
  const { ledger, queue } = await stubbed(() => "silence");
  const limit = 150;
  const gaveUp = { reason: "noAnswer", status: null, code: "TimeLimitReached", said: "no answer within 150 ms" };
  expect(await failureOfCall(ledgerBlobs(ledger, limit).readBlob("a"))).toMatchObject(gaveUp);
  expect(await failureOfCall(ledgerBlobs(ledger, limit).listBlobs("", undefined, 10))).toMatchObject(gaveUp);
  expect(await failureOfCall(followQueue(queue, limit).wakeLater(MESSAGE, 0))).toMatchObject(gaveUp);
});

test("an answer that makes no sense is a CallFailed like any other", async () => {
  const { ledger, queue } = await stubbed(() => ({ status: 200, text: "<html>a proxy's page" }));
  expect(await failureOfCall(ledgerBlobs(ledger).listBlobs("", undefined, 10))).toMatchObject({ reason: "unreadable" });
  expect(await failureOfCall(followQueue(queue).wakeLater(MESSAGE, 0))).toMatchObject({ operation: "send a wake-up" });
});

test("a 404 that doesn't come from the blob service is no absent blob", async () => {
  const { ledger } = await stubbed(() => ({ status: 404, text: "<html>no such site</html>" }));
  expect(await failureOfCall(ledgerBlobs(ledger).readBlob("a"))).toMatchObject({ reason: "notFound" });
});

test("a queue that is being deleted counts as no answer, and one that can't be made tells why", async () => {
  const deleting = await stubbed(() => ({ status: 409, code: "QueueBeingDeleted" }));
  const first = await failureOfCall(followQueue(deleting.queue).wakeLater(MESSAGE, 0));
  expect(first).toMatchObject({ reason: "noAnswer", target: "backup-follow-ups" });
  await deleting.close();

  const denied = await stubbed(({ method }) =>
    method === "PUT"
      ? { status: 403, code: "AuthorizationPermissionMismatch" }
      : { status: 404, code: "QueueNotFound" },
  );
  const second = await failureOfCall(followQueue(denied.queue).wakeLater(MESSAGE, 0));
  expect(second).toMatchObject({ reason: "denied", operation: "send a wake-up" });
  expect(second.remedy).toContain('"Storage Queue Data Contributor"');
});

test("taking back a message fails only where it isn't known that it is gone", async () => {
  const { queue } = await stubbed(() => ({ status: 403, code: "AuthorizationFailure" }));
  const takeBack = followQueue(queue).takeBack({ id: "a", popReceipt: "b" });
  expect(await failureOfCall(takeBack)).toMatchObject({ reason: "denied", operation: "take a wake-up back" });
});
