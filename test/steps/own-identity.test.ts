import { describe, expect, test } from "vitest";
import { HOUR, MINUTE } from "../../backup/instant.ts";
import { makeProductWorld } from "./product-world.ts";

const BY_IDENTITY = { authentication: "managedIdentity" } as const;
const SLOT = 8 * MINUTE;

describe("the product, where HSMs write with their own identity,", () => {
  test("backs up, and counts what the HSM wrote", async () => {
    const world = makeProductWorld(BY_IDENTITY);
    await world.passTime(HOUR);
    expect(world.runsOf("contoso")).toMatchObject([{ state: "Succeeded", blobCount: 2 }]);
    expect(world.eventsOf("backup.refused")).toEqual([]);
  });

  test("goes on with the same run when an HSM gets its identity within a quarter of an hour", async () => {
    const world = makeProductWorld(BY_IDENTITY);
    world.hsm.at("contoso").detachIdentity();
    await world.passTime(SLOT + 10 * MINUTE);
    expect(world.eventsOf("backup.refused").length).toBeGreaterThan(1);
    expect(world.runsOf("contoso")).toMatchObject([{ state: "Starting" }]);
    world.hsm.at("contoso").attachIdentity();
    await world.passTime(HOUR / 2);
    expect(world.runsOf("contoso")).toMatchObject([{ state: "Succeeded" }]);
  });

  test("fails the run of an HSM that has none, backs up its neighbour, and tries the slot again", async () => {
    const world = makeProductWorld({ ...BY_IDENTITY, hsms: ["contoso", "fabrikam"] });
    world.hsm.at("contoso").detachIdentity();
    await world.passTime(SLOT + 30 * MINUTE);
    expect(world.runsOf("contoso").at(-1)).toMatchObject({
      state: "Failed",
      error: { code: "ManagedIdentityNotConfigured" },
    });
    expect(world.runsOf("fabrikam")).toMatchObject([{ state: "Succeeded" }]);
    world.hsm.at("contoso").attachIdentity();
    await world.passTime(HOUR);
    const runs = world.runsOf("contoso");
    expect(new Set(runs.map(({ slot }) => slot)).size).toBe(1);
    expect(runs.filter(({ state }) => state === "Succeeded")).toHaveLength(1);
  });
});
