import { describe, expect, test } from "vitest";
import { HOUR, MINUTE } from "../../backup/model/instant.ts";
import { makeProductWorld } from "./product-world.ts";

const makeWorld = (hsms = ["contoso"]) =>
  makeProductWorld({ hsms, settings: { authentication: "managedIdentity", hsmApiVersion: "7.5" } });

describe("the product, where HSMs write with their own identity,", () => {
  test("backs up, and counts what the HSM wrote", async () => {
    const world = makeWorld();
    await world.passTime(HOUR);
    expect(await world.historyOf("contoso")).toMatchObject([{ state: "Succeeded", blobCount: 2 }]);
    expect(world.eventsOf("backup.refused")).toEqual([]);
  });

  test("continues the same run when an HSM gets its identity within a quarter of an hour", async () => {
    const world = makeWorld();
    world.hsm.at("contoso").detachIdentity();
    await world.passTime(12 * MINUTE);
    expect(world.eventsOf("backup.refused").length).toBeGreaterThan(1);
    expect((await world.stateOf("contoso")).active).toMatchObject({ state: "Starting" });
    world.hsm.at("contoso").attachIdentity();
    await world.passTime(HOUR / 2);
    expect(await world.historyOf("contoso")).toMatchObject([{ state: "Succeeded" }]);
  });

  test("fails the run of an HSM that has none, backs up its neighbour, and tries the slot again", async () => {
    const world = makeWorld(["contoso", "fabrikam"]);
    world.hsm.at("contoso").detachIdentity();
    await world.passTime(HOUR / 2);
    expect((await world.historyOf("contoso")).at(-1)).toMatchObject({
      state: "Failed",
      error: { code: "ManagedIdentityNotConfigured" },
    });
    expect(await world.historyOf("fabrikam")).toMatchObject([{ state: "Succeeded" }]);
    world.hsm.at("contoso").attachIdentity();
    await world.passTime(2 * HOUR);
    const records = await world.historyOf("contoso");
    expect(new Set(records.map(({ slot }) => slot)).size).toBe(1);
    expect(records.filter(({ state }) => state === "Succeeded")).toHaveLength(1);
  });
});
