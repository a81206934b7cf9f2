import { HOUR } from "../../backup/model/instant.ts";
import { type AppHandlers, makeApp } from "../functions/app-handlers.ts";
import { makeProductWorld, type ProductWorld } from "../steps/product-world.ts";

/** Two HSMs whose backup of the night has succeeded, before sunrise. */
export async function settledWorld(): Promise<{ readonly world: ProductWorld; readonly app: AppHandlers }> {
  const world = makeProductWorld({ hsms: ["contoso", "fabrikam"] });
  await world.passTime(HOUR);
  return { world, app: makeApp(world.ports) };
}

/** The whole ledger as one text that changes with every write, even one of the same bytes. */
export const ledgerOf = ({ blobs }: ProductWorld): string =>
  JSON.stringify([...blobs.blobs].map(([name, { etag, metadata }]) => [name, etag, metadata]).toSorted());
