import type { Deps } from "../../backup/deps.ts";
import { HOUR } from "../../backup/instant.ts";
import { INTERVALS } from "../../backup/intervals.ts";
import type { LogEvent } from "../../backup/log-events.ts";
import type { Settings } from "../../backup/settings.ts";
import { type FakeBlobs, fakeBlobs } from "../fakes/fake-blobs.ts";
import { everyDayAt } from "../fakes/fake-schedule.ts";
import { SLOT, STORAGE } from "./samples.ts";

export const settingsOf = (changes: Partial<Settings> = {}): Settings => ({
  hsms: ["contoso", "fabrikam"].map((name) => ({ name, url: `https://${name}.managedhsm.azure.net` })),
  storageUrl: STORAGE,
  schedule: everyDayAt(2),
  containerPrefix: "mhsm-backup",
  authentication: "sas",
  sasLifetime: 25 * HOUR,
  hsmApiVersion: "7.4",
  deadline: 6 * HOUR,
  maxAge: 31 * HOUR,
  problems: [],
  ...changes,
});

const notNeeded = (): never => {
  throw new Error("what only reads the ledger needs no queue, storage or HSM");
};

/** What only reads and writes the ledger: it is in memory, the clock stands at the slot, and every other verb throws. */
export function readingDeps(changes: Partial<Deps> = {}): { deps: Deps; ledger: FakeBlobs; logged: LogEvent[] } {
  const ledger = fakeBlobs();
  const logged: LogEvent[] = [];
  const deps: Deps = {
    now: () => new Date(SLOT),
    newId: () => "k3v9x2ab",
    settings: settingsOf(),
    intervals: INTERVALS,
    log: (event) => void logged.push(event),
    readBlob: ledger.readBlob,
    writeBlob: ledger.writeBlob,
    listBlobs: ledger.listBlobs,
    wakeLater: notNeeded,
    takeBack: notNeeded,
    prepareTarget: notNeeded,
    countBlobs: notNeeded,
    writeBeside: notNeeded,
    startFullBackup: notNeeded,
    getBackupStatus: notNeeded,
    ...changes,
  };
  return { deps, ledger, logged };
}
