import { describe, expect, test } from "vitest";
import { stateName } from "../../backup/ledger/ledger.ts";
import { HOUR, MINUTE } from "../../backup/model/instant.ts";
import type { Ports } from "../../backup/ports.ts";
import { followMessage } from "../../backup/steps/step.ts";
import { unreachable } from "./faults.ts";
import { tick } from "./pass-time.ts";
import { makeProductWorld, SLOT, startByHand } from "./product-world.ts";

describe("the product, when several processes act at once", () => {
  test("two ticks at the same instant start one run, and one job", async () => {
    const world = makeProductWorld({ begin: SLOT });
    await Promise.all([tick(world.ports), tick(world.ports)]);
    await world.passTime(HOUR);
    expect(await world.historyOf("contoso")).toMatchObject([{ state: "Succeeded" }]);
    expect(world.hsm.at("contoso").jobs()).toHaveLength(1);
  });

  test("two manual starts at the same instant: one is reserved, the other finds it busy", async () => {
    const world = makeProductWorld({ begin: "2026-11-23T09:01:00Z" });
    const outcomes = await Promise.all([startByHand(world.ports), startByHand(world.ports)]);
    expect(outcomes.toSorted()).toEqual(["busy", "reserved"]);
    await world.passTime(HOUR);
    expect(await world.historyOf("contoso")).toMatchObject([{ state: "Succeeded", trigger: "manual" }]);
  });

  test("a process that stood still before its POST finds its claim taken over, and undoes nothing", async () => {
    const world = makeProductWorld({ begin: SLOT });
    // The POST of the first process takes effect, and its answer arrives after another process has taken over the run.
    const startFullBackup: Ports["startFullBackup"] = async (...args) => {
      const started = await world.ports.startFullBackup(...args);
      world.setTime("2026-11-23T02:10:00Z");
      await tick(world.ports);
      return started;
    };
    await tick({ ...world.ports, startFullBackup });
    const { active } = await world.stateOf("contoso");
    expect(active?.attempts.map(({ outcome }) => outcome?.code)).toEqual(["unknown", "accepted"]);
    await world.passTime(HOUR);
    expect(await world.historyOf("contoso")).toMatchObject([{ state: "Succeeded", attempts: active?.attempts }]);
  });

  test("a claim whose write has no known answer is made again by the timer, not by its own process", async () => {
    const world = makeProductWorld({ begin: SLOT });
    const writeBlob: Ports["writeBlob"] = async (blob) => {
      const written = await world.ports.writeBlob(blob);
      return String(blob.body).includes('"outcome":null') ? unreachable() : written;
    };
    await tick({ ...world.ports, writeBlob });
    expect(world.hsm.at("contoso").jobs()).toEqual([]);
    await world.passTime(HOUR);
    expect(world.hsm.at("contoso").jobs()).toHaveLength(1);
    expect(await world.historyOf("contoso")).toMatchObject([{ state: "Succeeded" }]);
  });

  test("a message that comes twice, late, reordered or for another HSM changes nothing", async () => {
    const world = makeProductWorld();
    await world.passTime(3 * MINUTE);
    const { active } = await world.stateOf("contoso");
    if (active === null) throw new Error("Expected a run.");
    const before = world.blobs.blobs.get(stateName("contoso"))?.etag;
    const message = { schemaVersion: 1, hsm: "contoso", run: active.id, seq: active.seq };
    for (const seq of [0, active.seq - 1, active.seq + 1, 99]) await followMessage(world.ports, { ...message, seq });
    for (const body of [{ ...message, hsm: "fabrikam" }, { ...message, schemaVersion: 2 }, "rubbish", null])
      await followMessage(world.ports, body);
    expect(world.blobs.blobs.get(stateName("contoso"))?.etag).toBe(before);
    expect(world.eventsOf("message.dropped").map(({ level }) => level)).toEqual([
      ...Array(4).fill("information"),
      ...Array(4).fill("warning"),
    ]);
  });

  test("a genuine message delivered twice at once is one step", async () => {
    const world = makeProductWorld();
    await world.passTime(2 * MINUTE);
    const { active } = await world.stateOf("contoso");
    const message = { schemaVersion: 1, hsm: "contoso", run: active?.id, seq: active?.seq };
    await Promise.all([followMessage(world.ports, message), followMessage(world.ports, message)]);
    expect((await world.stateOf("contoso")).active?.seq).toBe((active?.seq ?? 0) + 1);
  });
});
