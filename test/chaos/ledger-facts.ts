import type { ContainerClient } from "@azure/storage-blob";
import { type Card, readCardText } from "../../backup/card.ts";
import { cardName, listedRun, recordsOf } from "../../backup/ledger.ts";
import { readRecordText } from "../../backup/record.ts";
import { isEndState, type Run } from "../../backup/run.ts";
import { readBlob } from "../read-blob.ts";
import type { Given } from "./find-secrets.ts";

const CARDS = "hsms/";
const RECORDS = "runs/";
const DAMAGED = "damaged/";

export type LedgerFacts = {
  readonly cards: readonly Card[];
  readonly records: readonly Run[];
  readonly unreadable: readonly string[];
  readonly damaged: readonly string[];
  readonly texts: readonly Given[];
};

/** How many runs have a record, by whether they have ended, as their metadata say: a call or two. */
export async function countRuns(
  ledger: ContainerClient,
): Promise<{ readonly ended: number; readonly unended: number }> {
  const counts = { ended: 0, unended: 0 };
  for await (const { metadata } of ledger.listBlobsFlat({ prefix: RECORDS, includeMetadata: true }))
    counts[isEndState(metadata?.state ?? "") ? "ended" : "unended"] += 1;
  return counts;
}

/** The HSMs whose card is given to a run. */
export async function takenCards(ledger: ContainerClient, hsms: readonly string[]): Promise<readonly string[]> {
  const taken: string[] = [];
  for (const hsm of hsms) {
    const read = readCardText(await readBlob(ledger.getBlobClient(cardName(hsm))), hsm);
    if (read.outcome !== "card" || read.card.active !== null) taken.push(hsm);
  }
  return taken;
}

/** The whole ledger, read past the app. */
export async function readLedger(ledger: ContainerClient): Promise<LedgerFacts> {
  const cards: Card[] = [];
  const records: Run[] = [];
  const unreadable: string[] = [];
  const damaged: string[] = [];
  const texts: Given[] = [];
  for await (const { name } of ledger.listBlobsFlat()) {
    const text = await readBlob(ledger.getBlobClient(name));
    texts.push({ where: `the blob ${name}`, text });
    if (name.startsWith(DAMAGED)) damaged.push(name);
    else if (name.startsWith(CARDS)) {
      const read = readCardText(text, name.slice(CARDS.length, -".json".length));
      if (read.outcome === "card") cards.push(read.card);
      else unreadable.push(`${name}: ${read.problem}`);
    } else {
      const run = readRecord(name, text);
      if (run === undefined) unreadable.push(name);
      else records.push(run);
    }
  }
  return { cards, records, unreadable, damaged, texts };
}

function readRecord(name: string, text: string): Run | undefined {
  const hsm = name.slice(RECORDS.length).split("/")[0] ?? "";
  const listed = name.startsWith(recordsOf(hsm)) ? listedRun(hsm, { name, metadata: {} }) : undefined;
  const read = listed && readRecordText(text, hsm, listed.id);
  return read?.outcome === "run" ? read.run : undefined;
}
