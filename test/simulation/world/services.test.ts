import { describe, expect, test } from "vitest";
import { messageSchema } from "../../../backup/model/message.ts";
import { parseInput } from "../../../backup/model/validation.ts";
import type { FactBody } from "../facts.ts";
import { faultBook } from "../faults/fault-book.ts";
import { drawShape } from "./shape.ts";
import { simulatedLedger } from "./simulated-ledger.ts";
import { simulatedQueue } from "./simulated-queue.ts";
import type { Stage } from "./stage.ts";
import { makeTimeline } from "./timeline.ts";

const BEGIN = Date.parse("2026-11-23T02:00:00Z");
const RUN = "20261123T020000Z-1-aaaaaaaa";
const later = (minutes: number): string => new Date(BEGIN + minutes * 60_000).toISOString();

function makeStage() {
  const facts: FactBody[] = [];
  const timeline = makeTimeline(1, BEGIN);
  const faults = faultBook([], { now: timeline.now, onStrike: () => undefined });
  const stage: Stage = { shape: drawShape(1), timeline, faults, emit: (fact) => void facts.push(fact) };
  return { stage, facts, passTo: (minutes: number) => timeline.run(BEGIN + minutes * 60_000) };
}

describe("the simulated services", () => {
  test("a blob is written only under its newest ETag, and only where it is absent", async () => {
    const { stage, facts } = makeStage();
    const ledger = simulatedLedger(stage);
    const { writeBlob, readBlob, listBlobs } = ledger.verbsOf(1);
    const first = await writeBlob({ name: "hsms/a", body: "1", onlyIf: "absent" });
    expect(await writeBlob({ name: "hsms/a", body: "2", onlyIf: "absent" })).toEqual({ outcome: "lost" });
    ledger.damage("hsms/a", "{", "garbage");
    const etag = first.outcome === "written" ? first.etag : "";
    expect(await writeBlob({ name: "hsms/a", body: "2", onlyIf: { etag } })).toEqual({ outcome: "lost" });
    expect(await listBlobs("hsms/", undefined, 1)).toMatchObject({ blobs: [{ name: "hsms/a" }], marker: undefined });
    ledger.deleteContainer();
    await expect(readBlob("hsms/a")).rejects.toMatchObject({ failure: { reason: "ledgerMissing" } });
    expect(facts.map(({ kind }) => kind)).toEqual(["blobWritten", "blobDamaged", "ledgerDeleted"]);
  });

  test("a message is hidden, delivered, deleted under its newest receipt alone, and expires", async () => {
    const { stage, facts, passTo } = makeStage();
    const queue = simulatedQueue(stage);
    const message = parseInput(messageSchema, { schemaVersion: 1, hsm: "contoso", run: RUN, seq: 2 }, "message");
    await queue.sendOf(1)(message, later(1), later(6));
    expect(queue.receive(16, () => false)).toEqual([]);
    await passTo(2);
    expect(queue.receive(16, () => true)).toEqual([]);
    const [received] = queue.receive(16, () => false);
    expect(received).toMatchObject({ body: message, dequeueCount: 1 });
    if (received === undefined) return;
    const renewed = queue.renew(received);
    expect(queue.remove(received, "done")).toBe(false);
    expect(renewed && queue.remove(renewed, "done")).toBe(true);
    await queue.sendOf(1)(message, later(3), later(8));
    expect(queue.countOf(RUN)).toBe(1);
    await passTo(9);
    expect([queue.countOf(RUN), facts.at(-1)]).toEqual([0, { kind: "messageGone", id: "message-4", how: "expired" }]);
  });
});
