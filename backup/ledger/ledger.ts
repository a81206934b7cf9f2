import { foreignLedger } from "../model/events.ts";
import * as field from "../model/fields.ts";
import { isHsmName } from "../model/names.ts";
import { type HsmState, parseState } from "../model/state.ts";
import { parseJson, parseVersioned, SCHEMA_VERSION } from "../model/validation.ts";
import type { Ports, Written } from "../ports.ts";

// Names in the ledger, all within one container:
//   app.json                                 the app that owns it
//   hsms/{hsm}.json                          the state of an HSM
//   runs/{hsm}/{reverse time}-{id}.json      the record of an ended run
//   damaged/{hash}-{name}                    bytes that are not a state
const OWNER = "app.json";
const STATES = "hsms/";
const ENDING = ".json";
const LISTED_AT_ONCE = 5_000;

const ownerEntries = { schemaVersion: field.count, owner: field.text };
const ownerSchema = field.shape(ownerEntries);

/** A ledger of another app, or one whose owner cannot be read. The app writes nothing there and calls no HSM. */
export type ForeignLedger = { readonly owner: string | null; readonly problem: string; readonly remedy: string };

/**
 * Checks that this app owns the ledger. The first app writes its name. Two apps in one ledger would each take the
 * other's runs and slots for their own. @throws CallFailed if the ledger cannot be read
 */
export async function checkOwner(ports: Ports): Promise<ForeignLedger | undefined> {
  const { app, ledger } = ports.settings;
  const found = (await readOwner(ports)) ?? (await writeOwner(ports)) ?? (await readOwner(ports));
  if (found?.owner === app) return undefined;
  const owner = found?.owner ?? null;
  const whose = owner === null ? `${OWNER} in it can't be read` : `it belongs to the app ${owner}`;
  return {
    owner,
    problem: `The app ${app} does nothing with the ledger ${ledger}: ${whose}.`,
    remedy: `Give the app ${app} a ledger of its own (BACKUP_LEDGER); after a rename, stop the old app and delete ${OWNER} in the container ${ledger}.`,
  };
}

/** Why the app may not use the ledger, with the remedy; logged here. Undefined: the app owns the ledger. */
export async function foreignLedgerProblem(ports: Ports): Promise<string | undefined> {
  const foreign = await checkOwner(ports);
  if (foreign === undefined) return undefined;
  ports.log(foreignLedger(ports.settings.app, foreign.owner, foreign.remedy));
  return `${foreign.problem} ${foreign.remedy}`;
}

type Found = { readonly owner: string | null };

async function readOwner(ports: Ports): Promise<Found | undefined> {
  const blob = await ports.readBlob(OWNER);
  if (blob.outcome === "absent") return undefined;
  const parsed = parseVersioned(ownerSchema, parseJson(decode(blob.body) ?? ""), OWNER);
  return { owner: parsed.outcome === "valid" ? parsed.value.owner : null };
}

/** Undefined if another process wrote first. */
async function writeOwner(ports: Ports): Promise<Found | undefined> {
  const owner = ports.settings.app;
  const body: field.FieldsOf<typeof ownerEntries> = { schemaVersion: SCHEMA_VERSION, owner };
  const written = await ports.writeBlob({ name: OWNER, body: JSON.stringify(body), onlyIf: "absent" });
  return written.outcome === "written" ? { owner } : undefined;
}

export const stateName = (hsm: string): string => `${STATES}${hsm}${ENDING}`;

/** A state in the ledger, with the ETag for its next write. */
export type StoredState = { readonly state: HsmState; readonly etag: string };

/**
 * `gone`: no blob, in a container that exists. `damaged`: not a state. `newer`: written by a newer version of the app.
 */
export type ReadState =
  | ({ readonly outcome: "state" } & StoredState)
  | { readonly outcome: "gone" }
  | { readonly outcome: "newer"; readonly problem: string }
  | { readonly outcome: "damaged"; readonly problem: string; readonly etag: string; readonly body: Uint8Array };

export async function readState(ports: Ports, hsm: string): Promise<ReadState> {
  const blob = await ports.readBlob(stateName(hsm));
  if (blob.outcome === "absent") return { outcome: "gone" };
  const { etag, body } = blob;
  const parsed = parseState(decode(body), hsm);
  switch (parsed.outcome) {
    case "valid":
      return { outcome: "state", state: parsed.value, etag };
    case "newer":
      return parsed;
    case "invalid":
      return { outcome: "damaged", problem: parsed.problem, etag, body };
  }
}

/** Writes a state if the blob still has this ETag, or if there is no blob yet (`null`). */
export const writeState = (ports: Ports, state: HsmState, etag: string | null): Promise<Written> =>
  ports.writeBlob({
    name: stateName(state.hsm),
    body: JSON.stringify(state),
    onlyIf: etag === null ? "absent" : { etag },
  });

/** The names of all HSMs that have a state, configured or not. */
export async function listStates(ports: Ports): Promise<readonly string[]> {
  const names: string[] = [];
  let marker: string | undefined;
  do {
    const page = await ports.listBlobs(STATES, marker, LISTED_AT_ONCE);
    const states = page.blobs.filter(({ name }) => name.endsWith(ENDING));
    names.push(...states.map(({ name }) => name.slice(STATES.length, -ENDING.length)));
    marker = page.marker;
  } while (marker !== undefined);
  return names.filter(isHsmName);
}

/** Undefined for bytes that are not UTF-8: a lenient decoder would change them on the next write. */
export function decode(body: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch {
    return undefined;
  }
}
