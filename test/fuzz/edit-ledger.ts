import { expect } from "vitest";
import { stateName } from "../../backup/ledger/ledger.ts";
import { recordsOf } from "../../backup/ledger/records.ts";
import { DAY, HOUR, MINUTE } from "../../backup/model/instant.ts";
import { hsmOf, makeProductWorld, type ProductWorld, STORAGE_URL } from "../steps/product-world.ts";
import { watchCalls } from "./watch-calls.ts";

export type Fields = Readonly<Record<string, unknown>>;
/** Minutes after 01:59 at which the job of the slot runs, and at which it has ended. */
export const RUNNING = 2;
export const ENDED = 6;

/** Two HSMs, so many minutes after 01:59: the slot is at 02:00, and a job takes three minutes. */
export async function worldAfter(minutes: number): Promise<ProductWorld> {
  const world = makeProductWorld({ hsms: ["contoso", "fabrikam"] });
  await world.passTime(minutes * MINUTE);
  return world;
}

const isFields = (value: unknown): value is Fields => typeof value === "object" && value !== null;
export const fieldsIn = (json: string): Fields => {
  const value: unknown = JSON.parse(json);
  return isFields(value) ? value : {};
};

/** Changes fields of contoso's state, of its active run, or of its newest record, and keeps the blob's metadata. */
export function edit(world: ProductWorld, what: "state" | "run" | "record", changes: Fields): void {
  const isIt = (name: string) =>
    what === "record" ? name.startsWith(recordsOf("contoso")) : name === stateName("contoso");
  const [name, blob] = [...world.blobs.blobs].find(([each]) => isIt(each)) ?? [];
  if (name === undefined || blob === undefined) throw new Error("There is nothing to change.");
  const old = fieldsIn(world.blobs.textOf(name) ?? "{}");
  const changed = what === "run" ? { ...old, active: { ...Object(old.active), ...changes } } : { ...old, ...changes };
  world.blobs.put(name, JSON.stringify(changed), blob.metadata);
}

/** Two nights later every slot has its backup, nothing is left open, and only the HSMs and their account were called. */
export async function expectTwoGoodNights(world: ProductWorld): Promise<void> {
  const watched = watchCalls(world.ports);
  await world.passTime(2 * DAY + HOUR, () => watched.ports);
  const { runs, active } = await world.stateOf("contoso");
  const backedUp = runs.filter(({ state }) => state === "Succeeded").map(({ slot }) => slot);
  expect(backedUp).toEqual(expect.arrayContaining(["2026-11-24T02:00:00.000Z", "2026-11-25T02:00:00.000Z"]));
  expect(active).toBeNull();
  expect((await world.historyOf("fabrikam")).map(({ state }) => state)).toEqual([
    "Succeeded",
    "Succeeded",
    "Succeeded",
  ]);
  expect(watched.urls.filter((url) => !url.startsWith(`${STORAGE_URL}/mhsm-backup-`))).toEqual([]);
  expect(new Set(watched.hosts)).toEqual(new Set(["contoso", "fabrikam"].map((name) => hsmOf(name).url)));
  expect(world.queue.all()).toEqual([]);
}
