import { expect } from "vitest";
import { DAY, HOUR, MINUTE } from "../../backup/instant.ts";
import { cardName, recordsOf } from "../../backup/ledger.ts";
import { makeProductWorld, type ProductWorld } from "../steps/product-world.ts";
import { passQuickly } from "./pass-quickly.ts";

export type Fields = Readonly<Record<string, unknown>>;

/** Two HSMs, so many minutes after 01:52: the slot is at 02:00, and a job takes three minutes where nothing else is said. */
export async function worldAfter(minutes: number, jobTime = 3 * MINUTE): Promise<ProductWorld> {
  const world = makeProductWorld({ hsms: ["contoso", "fabrikam"], jobTime });
  await passQuickly(world, minutes * MINUTE);
  return world;
}

/** Changes contoso's card or record by hand, and keeps the blob's metadata. */
export function edit(world: ProductWorld, what: "card" | "record", changes: (old: Fields) => Fields): void {
  const isIt = (name: string) =>
    what === "card" ? name === cardName("contoso") : name.startsWith(recordsOf("contoso"));
  const name = [...world.blobs.blobs.keys()].find(isIt) ?? "";
  const old: Fields = JSON.parse(world.blobs.textOf(name) ?? "{}");
  world.blobs.put(name, JSON.stringify({ ...old, ...changes(old) }), world.blobs.blobs.get(name)?.metadata);
}

/** Three nights later the newest slots have their backups. */
export async function expectBackedUp(world: ProductWorld): Promise<void> {
  await passQuickly(world, 3 * DAY + HOUR);
  const { runs, active } = await world.cardOf("contoso");
  const slots = runs.filter(({ state }) => state === "Succeeded").map(({ slot }) => slot);
  expect(slots).toEqual(expect.arrayContaining(["2026-11-24T02:00:00.000Z", "2026-11-25T02:00:00.000Z"]));
  expect(active).toBeNull();
}
