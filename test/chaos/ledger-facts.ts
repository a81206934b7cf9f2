import type { ContainerClient } from "@azure/storage-blob";
import { stateName } from "../../backup/ledger/ledger.ts";
import { recordName } from "../../backup/ledger/records.ts";
import { type EndedRecord, endedRecordSchema } from "../../backup/model/run.ts";
import { type HsmState, stateSchema } from "../../backup/model/state.ts";
import { parseJson, parseVersioned } from "../../backup/model/validation.ts";
import { readState } from "../end-to-end/ledger-view.ts";
import { readBlob } from "../read-blob.ts";
import type { Given } from "./find-secrets.ts";

const OWNER = "app.json";
const STATES = "hsms/";
const RECORDS = "runs/";
const DAMAGED = "damaged/";

export type LedgerFacts = {
  readonly states: readonly HsmState[];
  readonly records: readonly EndedRecord[];
  readonly unreadable: readonly string[];
  readonly damaged: readonly string[];
  readonly texts: readonly Given[];
};

/** How many runs have ended. */
export async function countRecords(ledger: ContainerClient): Promise<number> {
  let records = 0;
  for await (const _ of ledger.listBlobsFlat({ prefix: RECORDS })) records += 1;
  return records;
}

/** The HSMs that have an active run, or no state yet. */
export async function activeHsms(ledger: ContainerClient, hsms: readonly string[]): Promise<readonly string[]> {
  const states = await Promise.all(hsms.map((hsm) => readState(ledger, hsm)));
  return hsms.filter((_, index) => states[index]?.active !== null);
}

/** The whole ledger, read past the app. */
export async function readLedger(ledger: ContainerClient): Promise<LedgerFacts> {
  const states: HsmState[] = [];
  const records: EndedRecord[] = [];
  const unreadable: string[] = [];
  const damaged: string[] = [];
  const texts: Given[] = [];
  for await (const { name } of ledger.listBlobsFlat()) {
    const text = await readBlob(ledger.getBlobClient(name));
    texts.push({ where: `the blob ${name}`, text });
    const state = parseVersioned(stateSchema, parseJson(text), name);
    const record = parseVersioned(endedRecordSchema, parseJson(text), name);
    if (name.startsWith(DAMAGED)) damaged.push(name);
    else if (name.startsWith(STATES) && state.outcome === "valid" && stateName(state.value.hsm) === name)
      states.push(state.value);
    else if (name.startsWith(RECORDS) && record.outcome === "valid" && nameOf(record.value) === name)
      records.push(record.value);
    else if (name !== OWNER) unreadable.push(name);
  }
  return { states, records, unreadable, damaged, texts };
}

const nameOf = ({ hsm, id }: EndedRecord): string => recordName(hsm, id);
