import { type StoredState, writeState } from "../ledger/ledger.ts";
import { keepRecord } from "../ledger/records.ts";
import { ended, stepFailed } from "../model/events.ts";
import { type EndedRecord, type EndedRun, isEnded, toRecord } from "../model/run.ts";
import { summaryOf, withEnded } from "../model/state.ts";
import type { Ports } from "../ports.ts";

/**
 * Publishes the end of the active run: writes the record, logs the end, writes the manifest, releases the state. Every
 * part may be repeated: the process may die after any of them, and the next tick or start publishes again.
 */
export async function publish(ports: Ports, { state, etag }: StoredState): Promise<void> {
  const run = state.active;
  if (run === null || !isEnded(run)) return;
  // If the record exists already, it is the end that counts.
  const record = await keepRecord(ports, endedRecord(run));
  ports.log(ended(record, state));
  await writeManifest(ports, run, record);
  const jobSeconds = run.state === "Succeeded" ? run.jobSeconds : undefined;
  await writeState(ports, withEnded(state, summaryOf(record, run.key), ports.now(), jobSeconds), etag);
}

const endedRecord = (run: EndedRun): EndedRecord => ({ ...toRecord(run), state: run.state, endedAt: run.endedAt });

/** The copy beside the backup explains the container without the app. One try: a failure delays nothing. */
async function writeManifest(ports: Ports, run: EndedRun, record: EndedRecord): Promise<void> {
  // Without an attempt there may be no container. An account that is no longer in the settings is not written to.
  if (run.attempts.length === 0 || run.storageUrl !== ports.settings.storageUrl) return;
  try {
    await ports.writeManifest(run.container, `${run.id}.backup.json`, JSON.stringify(record, null, 2));
  } catch (thrown) {
    ports.log(stepFailed("write the manifest", { hsm: run.hsm, run: run.id }, thrown));
  }
}
