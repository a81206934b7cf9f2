import { INTERVALS } from "../../../backup/model/intervals.ts";
import type { Settings } from "../../../backup/model/settings.ts";
import type { AppPorts } from "../../../functions/invocation.ts";
import { noProbes } from "../../fakes/no-probes.ts";
import type { Answer, AnsweredVerb, HostSettings } from "../facts.ts";
import { about, type Verb } from "./call-failures.ts";
import { everyGap } from "./fixed-schedule.ts";
import type { HostProcess } from "./host-process.ts";
import type { Call, Learned } from "./network.ts";
import type { Shape } from "./shape.ts";
import type { SimulatedHsms } from "./simulated-hsms.ts";
import type { SimulatedLedger } from "./simulated-ledger.ts";
import type { SimulatedQueue } from "./simulated-queue.ts";
import type { SimulatedStorage } from "./simulated-storage.ts";
import type { Stage } from "./stage.ts";

/** The services of a world, which all hosts share. */
export type Services = {
  readonly ledger: SimulatedLedger;
  readonly queue: SimulatedQueue;
  readonly storage: SimulatedStorage;
  readonly hsms: SimulatedHsms;
};

const ID_LENGTH = 8;
export const LEDGER = "backup-runs";

/** Gives the ports of each process: the real intervals, the world's clock as its place has it, and the network. */
export function hostPorts(stage: Stage, call: Call, services: Services): (process: HostProcess) => AppPorts {
  const { timeline, emit, shape } = stage;
  let ids = 0;
  const hsmOf = (container: string): string => shape.hsms.find((hsm) => container.includes(`-${hsm}-`)) ?? container;

  return (process) => {
    const { number: host, place } = process;
    const ledger = services.ledger.verbsOf(host);
    const send = services.queue.sendOf(host);
    const storage = services.storage.verbsOf(host, process.settings.storageUrl, () => place.skew);
    const hsms = services.hsms.verbsOf(host);
    const plain = <T>(verb: Verb, effect: () => Promise<T>): Promise<T> => call(process, about(verb), effect);
    /** Notes what the process learns. */
    const noted =
      <T>(hsm: string, of: AnsweredVerb, answerOf: (value: T) => Answer): Learned<T> =>
      (outcome) => {
        const answer: Answer =
          "value" in outcome
            ? answerOf(outcome.value)
            : { what: "failure", of, reason: outcome.failure.reason, status: outcome.failure.status };
        emit({ kind: "answered", host, hsm, answer });
      };
    return {
      now: () => new Date(timeline.now() + place.skew),
      sendHeartbeat: async () => {},
      probes: noProbes,
      newId: () => (++ids).toString(36).padStart(ID_LENGTH, "0"),
      settings: settingsOf(shape, process.settings),
      intervals: INTERVALS,
      readBlob: (name) => plain("readBlob", () => ledger.readBlob(name)),
      writeBlob: (blob) => plain("writeBlob", () => ledger.writeBlob(blob)),
      listBlobs: (prefix, marker, limit) => plain("listBlobs", () => ledger.listBlobs(prefix, marker, limit)),
      sendMessage: (message, visibleAt, expiresAt) => plain("sendMessage", () => send(message, visibleAt, expiresAt)),
      writeManifest: (container, name, json) =>
        plain("writeManifest", () => storage.writeManifest(container, name, json)),
      prepareTarget: (container) =>
        call(
          process,
          about("prepareTarget"),
          () => storage.prepareTarget(container),
          noted(hsmOf(container), "prepareTarget", () => ({ what: "prepared" })),
        ),
      countBlobs: (container, folder) =>
        call(
          process,
          about("countBlobs"),
          () => storage.countBlobs(container, folder),
          noted(hsmOf(container), "countBlobs", (counted) => ({ what: "counted", ...counted })),
        ),
      startFullBackup: (hsm, target) => {
        emit({ kind: "startSent", host, hsm: hsm.name, containerUrl: target.containerUrl });
        return call(
          process,
          about("startFullBackup", hsm.name),
          () => hsms.startFullBackup(hsm, target),
          noted(hsm.name, "startFullBackup", ({ jobId, retryAfter }) => ({ what: "accepted", jobId, retryAfter })),
        );
      },
      getBackupStatus: (hsm, jobId) =>
        call(
          process,
          about("getBackupStatus", hsm.name),
          () => hsms.getBackupStatus(hsm, jobId),
          noted(hsm.name, "getBackupStatus", (report) => {
            const retryAfter = report.status === "running" ? report.retryAfter : null;
            return { what: report.status, jobId, folderUrl: report.folderUrl, retryAfter };
          }),
        ),
    };
  };
}

/** The settings as the product has them. */
function settingsOf(
  { deadline, authentication, sasLifetime, maxAge }: Shape,
  { app, version, hsms, rejected, slotGap, storageUrl }: HostSettings,
): Settings {
  const setting = "BACKUP_HSM_URLS";
  return {
    app,
    version: version === "newer" ? "2.0.0" : "1.0.0",
    hsms: hsms.map((name) => ({ name, url: `https://${name}.managedhsm.azure.net` })),
    storageUrl,
    schedule: everyGap(slotGap),
    containerPrefix: "mhsm-backup",
    ledger: LEDGER,
    authentication,
    sasLifetime,
    hsmApiVersion: authentication === "sas" ? "7.4" : "7.5",
    deadline,
    maxAge,
    pingUrl: null,
    problems: rejected.map((hsm) => ({ setting, hsm, problem: "expected no path, got one" })),
  };
}
