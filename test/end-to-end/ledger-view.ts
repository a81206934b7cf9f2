import { type ContainerClient, RestError } from "@azure/storage-blob";
import { stateName } from "../../backup/ledger/ledger.ts";
import { recordsOf } from "../../backup/ledger/records.ts";
import { endedRecordSchema } from "../../backup/model/run.ts";
import { type HsmState, stateSchema } from "../../backup/model/state.ts";
import { parseInput } from "../../backup/model/validation.ts";
import { readBlob } from "../read-blob.ts";
import { until } from "../until.ts";

const NOT_FOUND = 404;

/** What the ledger has of one HSM, read past the app. Records newest first. */
export async function viewLedger(ledger: ContainerClient, hsm: string) {
  const records = [];
  for await (const { name } of ledger.listBlobsFlat({ prefix: recordsOf(hsm) }))
    records.push(parseInput(endedRecordSchema, JSON.parse(await readBlob(ledger.getBlobClient(name))), name));
  return { state: await readState(ledger, hsm), records };
}

export type LedgerView = Awaited<ReturnType<typeof viewLedger>>;

/** The state of an HSM; undefined where there is none. */
export async function readState(ledger: ContainerClient, hsm: string): Promise<HsmState | undefined> {
  const name = stateName(hsm);
  try {
    return parseInput(stateSchema, JSON.parse(await readBlob(ledger.getBlobClient(name))), name);
  } catch (thrown) {
    if (thrown instanceof RestError && thrown.statusCode === NOT_FOUND) return undefined;
    throw thrown;
  }
}

/** The ledger of an HSM that has a verified backup and no active run, once that is so. */
export async function untilBackedUp(ledger: ContainerClient, hsm: string): Promise<LedgerView> {
  await until(`${hsm} has its backup`, async () => {
    const state = await readState(ledger, hsm);
    return state !== undefined && state.newestSuccess !== null && state.active === null;
  });
  return viewLedger(ledger, hsm);
}
