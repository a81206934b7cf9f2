import { describe, expect, test } from "vitest";
import { backupContainersContract } from "../contract/backup-containers.contract.ts";
import { failureOfCall } from "../contract/failed-call.ts";
import { followQueueContract } from "../contract/follow-queue.contract.ts";
import { ledgerBlobsContract } from "../contract/ledger-blobs.contract.ts";
import { fakeBlobs } from "./fake-blobs.ts";
import { fakeContainers } from "./fake-containers.ts";
import { fakeQueue } from "./fake-queue.ts";

const START = Date.parse("2026-11-23T02:00:00.000Z");
const BETWEEN_LOOKS = 100;
const A_MINUTE = 60_000;
const STORAGE_URL = "https://backups.blob.core.windows.net";

ledgerBlobsContract("fakeBlobs", async () => {
  const ledger = fakeBlobs();
  return { ledger, deleteBlob: ledger.deleteBlob, deleteContainer: ledger.deleteContainer };
});

followQueueContract("fakeQueue", async () => {
  let at = START;
  const now = (): Date => new Date(at);
  const queue = fakeQueue({ now });
  return {
    queue,
    now,
    look: async () => {
      const visible = queue.all().filter(({ visibleAt }) => visibleAt <= at);
      at += BETWEEN_LOOKS;
      return visible.map(({ body }) => ({ body }));
    },
    deleteQueue: async () => queue.deleteQueue(),
  };
});

backupContainersContract("fakeContainers", async (authentication) => {
  const containers = fakeContainers({ now: () => new Date(START), storageUrl: STORAGE_URL, authentication });
  return {
    containers,
    storageUrl: STORAGE_URL,
    put: containers.put,
    read: async (container, name) => {
      const { body, contentType = "" } = containers.containers.get(container)?.get(name) ?? {};
      return { text: new TextDecoder().decode(body), contentType };
    },
    deleteContainer: containers.deleteContainer,
  };
});

describe("the fakes are not kinder than the services", () => {
  test("a marker that no listing gave is rejected", async () => {
    const ledger = fakeBlobs();
    expect(await failureOfCall(ledger.listBlobs("", "made-up", 10))).toMatchObject({ reason: "rejected", status: 400 });
  });

  test("bytes that the caller changes after writing or reading them change nothing in the ledger", async () => {
    const ledger = fakeBlobs();
    const body = new TextEncoder().encode("abc");
    await ledger.writeBlob({ name: "a", body, onlyIf: "absent" });
    body[0] = 0;
    const read = await ledger.readBlob("a");
    if (read.outcome === "found") read.body[1] = 0;
    expect(ledger.textOf("a")).toBe("abc");
  });

  test("a received message becomes visible again after its time, and its old pop receipt is no longer valid", () => {
    let at = START;
    const queue = fakeQueue({ now: () => new Date(at) });
    queue.put({ any: "thing" });
    const [first] = queue.receive(1, A_MINUTE);
    expect(queue.receive()).toEqual([]);
    at += A_MINUTE;
    const [second] = queue.receive(1, A_MINUTE);
    if (first === undefined || second === undefined) throw new Error("Nothing was received.");
    expect([first.dequeueCount, second.dequeueCount]).toEqual([1, 2]);
    expect(queue.delete(first)).toBe(false);
    expect(queue.makeVisible(second)).toBe(true);
    expect(queue.delete(second)).toBe(false);
    const [third] = queue.receive();
    expect(third !== undefined && queue.delete(third)).toBe(true);
    expect(queue.all()).toEqual([]);
  });

  test("a SAS is good for its own container and its own time only", async () => {
    let at = START;
    const containers = fakeContainers({ now: () => new Date(at), storageUrl: STORAGE_URL, sasLifetime: A_MINUTE });
    const [a, b] = [await containers.prepareTarget("aaa"), await containers.prepareTarget("bbb")];
    expect(containers.isAccepted(a)).toBe(true);
    expect(containers.isAccepted({ ...a, containerUrl: b.containerUrl })).toBe(false);
    at += A_MINUTE;
    expect(containers.isAccepted(a)).toBe(false);
    expect(() => containers.put(`${STORAGE_URL}/none`, "x", new Uint8Array())).toThrow("There is no container");
  });
});
