import { HOUR } from "../../backup/instant.ts";
import { INTERVALS } from "../../backup/intervals.ts";
import type { Settings } from "../../backup/settings.ts";
import type { AppDeps } from "../../functions/invocation-log.ts";
import { every } from "../fakes/fake-schedule.ts";
import { about, type Verb } from "./call-failures.ts";
import type { HostProcess, Place } from "./host-process.ts";
import type { Call } from "./network.ts";
import type { Shape } from "./shape.ts";
import type { SimulatedHsms } from "./simulated-hsms.ts";
import type { SimulatedLedger } from "./simulated-ledger.ts";
import type { SimulatedQueue } from "./simulated-queue.ts";
import { type SimulatedStorage, STORAGE_URL } from "./simulated-storage.ts";
import type { Stage } from "./stage.ts";

/** The services of a world, which all hosts share. */
export type Services = {
  readonly ledger: SimulatedLedger;
  readonly queue: SimulatedQueue;
  readonly storage: SimulatedStorage;
  readonly hsms: SimulatedHsms;
};

const ABOUT = {
  readBlob: about("readBlob"),
  writeBlob: about("writeBlob"),
  listBlobs: about("listBlobs"),
  wakeLater: about("wakeLater"),
  takeBack: about("takeBack"),
  prepareTarget: about("prepareTarget"),
  countBlobs: about("countBlobs"),
  writeBeside: about("writeBeside"),
} as const satisfies Partial<Record<Verb, unknown>>;

const ID_LENGTH = 8;

/** Gives the dependencies of each process: the real intervals, the world's clock as its place has it, and the network. */
export function hostDeps(stage: Stage, call: Call, services: Services): (process: HostProcess) => AppDeps {
  const { timeline, tell, shape } = stage;
  let ids = 0;
  return (process) => {
    const { number, place } = process;
    const ledger = services.ledger.verbsOf(number);
    const queue = services.queue.verbsOf(number);
    const storage = services.storage.verbsOf(() => place.skew);
    const hsms = services.hsms.verbsOf(number);
    return {
      now: () => new Date(timeline.now() + place.skew),
      newId: () => (++ids).toString(36).padStart(ID_LENGTH, "0"),
      settings: settingsOf(shape, place),
      intervals: INTERVALS,
      readBlob: (name) => call(process, ABOUT.readBlob, () => ledger.readBlob(name)),
      writeBlob: (blob) => call(process, ABOUT.writeBlob, () => ledger.writeBlob(blob)),
      listBlobs: (prefix, marker, limit) =>
        call(process, ABOUT.listBlobs, () => ledger.listBlobs(prefix, marker, limit)),
      wakeLater: (message, delay, lifetime) =>
        call(process, ABOUT.wakeLater, () => queue.wakeLater(message, delay, lifetime)),
      takeBack: (sent) => call(process, ABOUT.takeBack, () => queue.takeBack(sent)),
      prepareTarget: (container) => call(process, ABOUT.prepareTarget, () => storage.prepareTarget(container)),
      countBlobs: (container, folder) => call(process, ABOUT.countBlobs, () => storage.countBlobs(container, folder)),
      writeBeside: (container, name, json) =>
        call(process, ABOUT.writeBeside, () => storage.writeBeside(container, name, json)),
      startFullBackup: (hsm, target) =>
        call(
          process,
          about("startFullBackup", hsm.name),
          () => hsms.startFullBackup(hsm, target),
          ({ jobId }) => tell({ kind: "startAnswered", host: number, hsm: hsm.name, jobId }),
        ),
      getBackupStatus: (hsm, jobId) =>
        call(process, about("getBackupStatus", hsm.name), () => hsms.getBackupStatus(hsm, jobId)),
    };
  };
}

/** The settings that a process was started with. */
const settingsOf = ({ slotGap, deadline, authentication, sasLifetime }: Shape, { hsms }: Place): Settings => ({
  hsms: hsms.map((name) => ({ name, url: `https://${name}.managedhsm.azure.net` })),
  storageUrl: STORAGE_URL,
  schedule: every(slotGap),
  containerPrefix: "mhsm-backup",
  authentication,
  sasLifetime,
  hsmApiVersion: authentication === "sas" ? "7.4" : "7.5",
  deadline,
  maxAge: slotGap + deadline + HOUR,
  problems: [],
});
