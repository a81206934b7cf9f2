import { HOUR } from "../../backup/instant.ts";
import { makeProductWorld, type ProductWorld } from "../steps/product-world.ts";
import { type AppHandlers, makeApp } from "./app-handlers.ts";
import { passQuickly } from "./pass-quickly.ts";

/** Two HSMs whose backup of the night has succeeded, before sunrise. */
export async function settledWorld(): Promise<{ readonly world: ProductWorld; readonly app: AppHandlers }> {
  const world = makeProductWorld({ hsms: ["contoso", "fabrikam"] });
  await passQuickly(world, HOUR);
  return { world, app: makeApp(world.deps) };
}

/** All that stands in the ledger, as one text that changes with every write, even with one of the same bytes. */
export const ledgerOf = ({ blobs }: ProductWorld): string =>
  JSON.stringify([...blobs.blobs].map(([name, { etag, metadata }]) => [name, etag, metadata]).toSorted());
