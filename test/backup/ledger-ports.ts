import type { LogEvent } from "../../backup/model/events.ts";
import { INTERVALS } from "../../backup/model/intervals.ts";
import type { Ports } from "../../backup/ports.ts";
import { type FakeBlobs, fakeBlobs } from "../fakes/fake-blobs.ts";
import { noProbes } from "../fakes/no-probes.ts";
import { SLOT } from "./samples.ts";
import { settingsOf } from "./some-settings.ts";

const notNeeded = (): never => {
  throw new Error("What only reads and writes the ledger calls no queue, storage or HSM.");
};

/** The ledger alone, in memory: the clock is stopped at the slot, and every verb of another service throws. */
export function ledgerPorts(changes: Partial<Ports> = {}): { ports: Ports; ledger: FakeBlobs; logged: LogEvent[] } {
  const ledger = fakeBlobs();
  const logged: LogEvent[] = [];
  let ids = 0;
  const ports: Ports = {
    now: () => new Date(SLOT),
    newId: () => (++ids).toString(36).padStart(8, "0"),
    settings: settingsOf(),
    intervals: INTERVALS,
    log: (event) => void logged.push(event),
    readBlob: ledger.readBlob,
    writeBlob: ledger.writeBlob,
    listBlobs: ledger.listBlobs,
    sendMessage: notNeeded,
    prepareTarget: notNeeded,
    countBlobs: notNeeded,
    writeManifest: notNeeded,
    startFullBackup: notNeeded,
    getBackupStatus: notNeeded,
    sendHeartbeat: notNeeded,
    probes: noProbes,
    ...changes,
  };
  return { ports, ledger, logged };
}
