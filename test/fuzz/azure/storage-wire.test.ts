import { describe, expect, test } from "vitest";
import { until } from "../../until.ts";
import { failedOf } from "./outcomes.ts";
import { callAll, LISTING, storageAt } from "./storage-under-test.ts";
import { brokenWires, isLeftOpen, strangeWires } from "./wire-answers.ts";
import { noUnhandledRejections, wirePair } from "./wire-pair.ts";

/** Milliseconds, where nothing else ends the call; all else is given time enough on any machine. */
const LIMIT = 300;
const PATIENCE = 20_000;
const { service } = wirePair(LISTING);
noUnhandledRejections();

describe("storage", () => {
  test.each(brokenWires(LISTING))("that %s: no verb succeeds, nor goes on past its time limit", async (_what, wire) => {
    service().answer(wire);
    const reasons = Object.values(await callAll(service().origin, isLeftOpen(wire) ? LIMIT : PATIENCE));
    expect(new Set(reasons)).not.toContain("success");
    if (!isLeftOpen(wire)) expect(service().requests.length > 0).toBe(wire.when === "request");
    await until("each call that was given up has hung up", () => service().endless() === 0);
  });

  test.each(strangeWires(LISTING))("that %s: each verb ends as it should or fails", async (_what, wire) => {
    service().answer(wire);
    const outcomes = await callAll(service().origin, PATIENCE);
    // 200 is not what a write, a message or a container is answered with.
    for (const verb of ["writeBlob", "sendMessage", "writeManifest", "prepareTarget"]) {
      expect(outcomes[verb]).not.toBe("success");
    }
  });

  test("that returns a state of a terabyte: it is read no further than a state can be long", async () => {
    const head =
      'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\netag: "0x1"\r\ncontent-length: 1000000000000\r\n\r\n';
    service().answer({ when: "request", bytes: head, after: "flood" });
    const { failure } = await failedOf(storageAt(service().origin, PATIENCE).readBlob("hsms/contoso.json"), PATIENCE);
    expect(failure).toMatchObject({ reason: "unreadable", code: "blobTooLarge", target: "hsms/contoso.json" });
    await until("each call that was given up has hung up", () => service().endless() === 0);
  });
});
