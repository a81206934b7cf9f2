import { describe, expect, test } from "vitest";
import { until } from "../../until.ts";
import { failedOf, outcomeOf } from "./outcomes.ts";
import { callAll, LISTING, storageAt } from "./storage-under-test.ts";
import { brokenWires, http, isLeftOpen, strangeWires } from "./wire-answers.ts";
import { noUnhandledRejections, wirePair } from "./wire-pair.ts";

/** Milliseconds, where nothing else ends the call; all else is given time enough on any machine. */
const LIMIT = 300;
const PATIENCE = 20_000;
const WRITE = { name: "hsms/contoso.json", body: "{}", onlyIf: { etag: '"0x1"' } } as const;
const XML = ["content-type", "application/xml"] as const;
const { service } = wirePair(LISTING);
noUnhandledRejections();

describe("storage", () => {
  test.each(brokenWires(LISTING))("that %s: no verb succeeds, nor goes on past its time limit", async (_what, wire) => {
    service().answer(wire);
    const reasons = Object.values(await callAll(service().origin, isLeftOpen(wire) ? LIMIT : PATIENCE));
    expect(new Set(reasons)).not.toContain("success");
    if (!isLeftOpen(wire)) expect(service().requests.length > 0).toBe(wire.when === "request");
    await until("whoever gave up has hung up", () => service().endless() === 0);
  });

  test.each(strangeWires(LISTING))("that %s: each verb ends as it should or fails", async (_what, wire) => {
    service().answer(wire);
    const outcomes = await callAll(service().origin, PATIENCE);
    // 200 is not what a write, a message or a container is answered with.
    for (const verb of ["writeBlob", "takeBack", "writeBeside", "prepareTarget"]) {
      expect(outcomes[verb]).not.toBe("success");
    }
  });

  test("that gives a card of a terabyte: it is read no further than a card can be long", async () => {
    const head =
      'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\netag: "0x1"\r\ncontent-length: 1000000000000\r\n\r\n';
    service().answer({ when: "request", bytes: head, after: "flood" });
    const read = await outcomeOf(storageAt(service().origin, PATIENCE).readBlob("hsms/contoso.json"), PATIENCE);
    expect(read).toEqual({ value: { outcome: "tooLarge" } });
    await until("whoever gave up has hung up", () => service().endless() === 0);
  });

  test.each([200, 201, 202, 204])(
    "that says %i and nothing else: what a record would need is not made up",
    async (status) => {
      service().answer((request) => http(status, [XML], request.startsWith("GET") && status !== 204 ? "<a/>" : ""));
      const { writeBlob, wakeLater, readBlob } = await callAll(service().origin, PATIENCE);
      // No ETag, no id, no pop receipt: with them missing, the next write would not be conditional.
      expect([writeBlob, wakeLater, readBlob]).not.toContain("success");
      for (const etag of ["", " "]) {
        service().answer(http(201, [["etag", etag]]));
        const { failure } = await failedOf(storageAt(service().origin, PATIENCE).writeBlob(WRITE), PATIENCE);
        expect(failure).toMatchObject({ reason: "unreadable", operation: "write the ledger", target: "backup-runs" });
      }
    },
  );
});
