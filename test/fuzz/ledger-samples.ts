import { MINUTE } from "../../backup/instant.ts";
import { cardName, recordsOf } from "../../backup/ledger.ts";
import { makeProductWorld } from "../steps/product-world.ts";
import { passQuickly } from "./pass-quickly.ts";

const NAMED_RECORD = /\d{13}-(.+)\.json$/;

/** A card or record of contoso as the product itself wrote it. */
export type Sample = { readonly id: string | null; readonly json: string };

/** Cards and records in every state: first seen, starting, busy, running, succeeded, failed, and after several runs. */
export async function ledgerSamples(): Promise<{
  readonly cards: readonly Sample[];
  readonly records: readonly Sample[];
}> {
  const cards: Sample[] = [];
  const records: Sample[] = [];
  const world = makeProductWorld({ hsms: ["contoso"], jobTime: 10 * MINUTE });
  world.hsm.at("contoso").beBusy(20 * MINUTE);
  world.hsm.at("contoso").failNextJob("InternalError", "The job failed.");
  for (const minutes of [4, 5, 15, 10, 30, 60]) {
    await passQuickly(world, minutes * MINUTE);
    for (const name of world.blobs.blobs.keys()) {
      const sample = { id: NAMED_RECORD.exec(name)?.[1] ?? null, json: world.blobs.textOf(name) ?? "" };
      if (name === cardName("contoso")) cards.push(sample);
      else if (name.startsWith(recordsOf("contoso"))) records.push(sample);
    }
  }
  return { cards, records };
}
