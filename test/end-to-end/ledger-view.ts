import type { ContainerClient } from "@azure/storage-blob";
import { type Card, newCard, readCardText } from "../../backup/card.ts";
import { fieldsOf, parseJson } from "../../backup/fields.ts";
import { cardName, recordsOf } from "../../backup/ledger.ts";
import { readBlob } from "../read-blob.ts";
import { until } from "../until.ts";

/** The ledger as it stands, read past the app. */
export type LedgerView = {
  readonly card: Card | undefined;
  readonly records: readonly Readonly<Record<string, unknown>>[];
};

export async function viewLedger(ledger: ContainerClient, hsm: string): Promise<LedgerView> {
  const records: Readonly<Record<string, unknown>>[] = [];
  for await (const { name } of ledger.listBlobsFlat({ prefix: recordsOf(hsm) })) {
    records.push(fieldsOf(parseJson(await readBlob(ledger.getBlobClient(name)), name), name));
  }
  const card = ledger.getBlobClient(cardName(hsm));
  if (!(await card.exists())) return { card: undefined, records };
  const read = readCardText(await readBlob(card), hsm);
  return { card: read.outcome === "card" ? read.card : undefined, records };
}

/** The ledger of an HSM that has a verified backup and no run, waited for. */
export const untilBackedUp = (ledger: ContainerClient, hsm: string): Promise<LedgerView> =>
  until(
    `${hsm} has its backup`,
    async () => {
      const view = await viewLedger(ledger, hsm);
      return view.card?.newestSuccess && view.card.active === null ? view : undefined;
    },
    60,
  );

/** Puts a card there as if the HSM had been known since `since`: then its newest slot is due at once. */
export async function knowSince(ledger: ContainerClient, hsm: string, since: Date): Promise<void> {
  const card = JSON.stringify(newCard(hsm, since.toISOString()));
  await ledger.getBlockBlobClient(cardName(hsm)).upload(card, Buffer.byteLength(card));
}
