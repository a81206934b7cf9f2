import { readState } from "../../backup/ledger/ledger.ts";
import { readRecord, recordsOf } from "../../backup/ledger/records.ts";
import type { LogEvent } from "../../backup/model/events.ts";
import { MINUTE } from "../../backup/model/instant.ts";
import { INTERVALS } from "../../backup/model/intervals.ts";
import type { EndedRecord } from "../../backup/model/run.ts";
import type { Settings } from "../../backup/model/settings.ts";
import type { HsmState } from "../../backup/model/state.ts";
import type { Ports } from "../../backup/ports.ts";
import { reserveRun } from "../../backup/steps/reserve.ts";
import { sendMessage } from "../../backup/steps/step.ts";
import { settingsOf } from "../backup/some-settings.ts";
import { fakeBlobs } from "../fakes/fake-blobs.ts";
import { fakeContainers } from "../fakes/fake-containers.ts";
import { fakeHsm } from "../fakes/fake-hsm.ts";
import { fakeQueue } from "../fakes/fake-queue.ts";
import { noProbes } from "../fakes/no-probes.ts";
import { type HostedApp, passTime, type TestClock } from "./pass-time.ts";

export const STORAGE_URL = "https://backups.blob.core.windows.net";
/** A minute before the slot that everything here is about. */
const BEGIN = "2026-11-23T01:59:00Z";
export const SLOT = "2026-11-23T02:00:00.000Z";
const RECORD_NAME = /\/\d{13}-(.+)\.json$/;

export type ProductWorldOptions = {
  readonly hsms?: readonly string[];
  readonly begin?: string;
  /** How long a job takes. */
  readonly jobTime?: number;
  readonly settings?: Partial<Settings>;
  /** Another app's world, whose clock, HSMs, storage account and log this app shares; of the same ledger also ledger and queue. */
  readonly beside?: Outside & { readonly ports: Ports };
};

/** The product on fakes, with a clock that only `passTime` moves. */
export type ProductWorld = ReturnType<typeof makeProductWorld>;

/** A manual start, as the HTTP function does it. */
export async function startByHand(ports: Ports, name = "contoso", key: string | null = null): Promise<string> {
  const hsm = ports.settings.hsms.find((each) => each.name === name);
  if (hsm === undefined) throw new Error(`${name} is not configured.`);
  const reserved = await reserveRun(ports, hsm, { trigger: "manual", key });
  if (reserved.outcome === "reserved") await sendMessage(ports, reserved.stored);
  return reserved.outcome;
}

export const hsmOf = (name: string) => ({ name, url: `https://${name}.managedhsm.azure.net` });

export function makeProductWorld(options: ProductWorldOptions = {}) {
  const settings = settingsOf({ hsms: (options.hsms ?? ["contoso"]).map(hsmOf), ...options.settings });
  const outside = options.beside ?? makeOutside(options, settings);
  const isShared = options.beside?.ports.settings.ledger === settings.ledger;
  const { blobs, queue } = isShared ? outside : { blobs: fakeBlobs(), queue: fakeQueue(outside.clock) };
  const { clock, containers, hsm, events, newId } = outside;
  const ports: Ports = {
    now: clock.now,
    newId,
    settings,
    intervals: INTERVALS,
    log: (event) => void events.push(event),
    readBlob: blobs.readBlob,
    writeBlob: blobs.writeBlob,
    listBlobs: blobs.listBlobs,
    sendMessage: queue.sendMessage,
    prepareTarget: containers.prepareTarget,
    countBlobs: containers.countBlobs,
    writeManifest: containers.writeManifest,
    startFullBackup: hsm.startFullBackup,
    getBackupStatus: hsm.getBackupStatus,
    sendHeartbeat: async () => {},
    probes: noProbes,
  };

  async function stateOf(name: string): Promise<HsmState> {
    const read = await readState(ports, name);
    if (read.outcome !== "state") throw new Error(`The state of ${name} is ${read.outcome}.`);
    return read.state;
  }

  /** The records of an HSM, the newest first. */
  async function historyOf(name: string): Promise<readonly EndedRecord[]> {
    const names = [...blobs.blobs.keys()].filter((blob) => blob.startsWith(recordsOf(name))).toSorted();
    const ids = names.map((blob) => RECORD_NAME.exec(blob)?.[1] ?? "");
    const reads = await Promise.all(ids.map((id) => readRecord(ports, name, id)));
    return reads.map((read) => {
      if (read.outcome !== "record") throw new Error(`A record of ${name} is ${read.outcome}.`);
      return read.record;
    });
  }

  return {
    ...outside,
    ports,
    blobs,
    queue,
    stateOf,
    historyOf,
    eventsOf: (...names: readonly string[]): readonly LogEvent[] => events.filter(({ event }) => names.includes(event)),
    /** `of`: the ports of the process that each step runs in. */
    passTime: (ms: number, of: () => Ports = () => ports, ...beside: readonly HostedApp[]): Promise<void> =>
      passTime(clock, ms, [{ of, queue }, ...beside]),
  };
}

/** Everything that two apps may share. */
type Outside = ReturnType<typeof makeOutside>;

function makeOutside(
  { begin = BEGIN, jobTime = 3 * MINUTE }: { readonly begin?: string; readonly jobTime?: number },
  { authentication }: Settings,
) {
  let time = Date.parse(begin);
  let ids = 0;
  const now = (): Date => new Date(time);
  const clock: TestClock = {
    now,
    setTime: (to) => {
      time = new Date(to).getTime();
    },
  };
  const containers = fakeContainers({ now, storageUrl: STORAGE_URL, authentication });
  const hsm = fakeHsm({ now, jobTime, writeBlob: (url, name, bytes) => containers.put(url, name, bytes) });
  const events: LogEvent[] = [];
  const newId = (): string => (++ids).toString(36).padStart(8, "0");
  return { ...clock, clock, containers, hsm, events, newId, blobs: fakeBlobs(), queue: fakeQueue(clock) };
}
