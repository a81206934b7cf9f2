import type { Card } from "../../backup/card.ts";
import type { Deps } from "../../backup/deps.ts";
import { followRun } from "../../backup/follow-run.ts";
import { MINUTE, SECOND } from "../../backup/instant.ts";
import { INTERVALS } from "../../backup/intervals.ts";
import { readCard, recordsOf } from "../../backup/ledger.ts";
import type { LogEvent } from "../../backup/log-events.ts";
import { reconcile } from "../../backup/reconcile.ts";
import { readRecordText } from "../../backup/record.ts";
import type { Run } from "../../backup/run.ts";
import type { Schedule } from "../../backup/schedule.ts";
import type { Authentication, Settings } from "../../backup/settings.ts";
import { fakeBlobs } from "../fakes/fake-blobs.ts";
import { fakeContainers } from "../fakes/fake-containers.ts";
import { fakeHsm } from "../fakes/fake-hsm.ts";
import { fakeQueue } from "../fakes/fake-queue.ts";
import { everyDayAt } from "../fakes/fake-schedule.ts";

export const STORAGE_URL = "https://backups.blob.core.windows.net";
/** A start by hand, without a key. */
export const MANUAL = { trigger: "manual", key: null, traceparent: null } as const;
const TIMER = 5 * MINUTE;
const RETRY_DELAY = MINUTE;
const MOST_DELIVERIES = 5;

export type ProductWorldOptions = {
  readonly hsms?: readonly string[];
  readonly schedule?: Schedule;
  readonly begin?: string;
  readonly jobTime?: number;
  readonly authentication?: Authentication;
};

/** The whole product on fakes, with a clock that only `passTime` moves: a timer, a queue's host, and every step that they run. */
export type ProductWorld = ReturnType<typeof makeProductWorld>;

export function makeProductWorld(options: ProductWorldOptions = {}) {
  const {
    hsms = ["contoso"],
    schedule = everyDayAt(2),
    begin = "2026-11-23T01:52:00Z",
    jobTime = 3 * MINUTE,
    authentication = "sas",
  } = options;
  let time = Date.parse(begin);
  let ids = 0;
  const now = (): Date => new Date(time);
  const events: LogEvent[] = [];
  const blobs = fakeBlobs();
  const queue = fakeQueue({ now });
  const containers = fakeContainers({ now, storageUrl: STORAGE_URL, authentication });
  const hsm = fakeHsm({ now, jobTime, writeBlob: (url, name, bytes) => containers.put(url, name, bytes) });
  const settings: Settings = {
    hsms: hsms.map((name) => ({ name, url: `https://${name}.managedhsm.azure.net` })),
    storageUrl: STORAGE_URL,
    schedule,
    containerPrefix: "mhsm-backup",
    authentication,
    sasLifetime: 25 * 60 * MINUTE,
    hsmApiVersion: authentication === "sas" ? "7.4" : "7.5",
    deadline: 6 * 60 * MINUTE,
    maxAge: 31 * 60 * MINUTE,
    problems: [],
  };
  const deps: Deps = {
    now,
    newId: () => (++ids).toString(36).padStart(8, "0"),
    settings,
    intervals: INTERVALS,
    log: (event) => void events.push(event),
    readBlob: blobs.readBlob,
    writeBlob: blobs.writeBlob,
    listBlobs: blobs.listBlobs,
    wakeLater: queue.wakeLater,
    takeBack: queue.takeBack,
    prepareTarget: containers.prepareTarget,
    countBlobs: containers.countBlobs,
    writeBeside: containers.writeBeside,
    startFullBackup: hsm.startFullBackup,
    getBackupStatus: hsm.getBackupStatus,
  };

  /** One message, as the host treats it: deleted when the step ends well, shown again when it throws, kept hidden by a crash. */
  async function deliver(of: () => Deps): Promise<void> {
    for (const message of queue.receive(1)) {
      try {
        await followRun(of(), message.body);
        queue.delete(message);
      } catch (thrown) {
        if (thrown instanceof Crash) continue;
        if (message.dequeueCount >= MOST_DELIVERIES) queue.delete(message);
        else queue.makeVisible(message, RETRY_DELAY);
      }
    }
  }

  /** Lets time pass second by second; `of` gives the dependencies of the process that each step runs in. */
  async function passTime(ms: number, of: () => Deps = () => deps): Promise<void> {
    for (const end = time + ms; time < end; time += SECOND) {
      if (time % TIMER === 0) await unlessCrashed(() => reconcile(of(), null));
      while (queue.all().some(({ visibleAt }) => visibleAt <= time)) await deliver(of);
    }
  }

  async function cardOf(name: string): Promise<Card> {
    const read = await readCard(deps, name);
    if (read.outcome !== "card") throw new Error(`The card of ${name} is ${read.outcome}.`);
    return read.card;
  }

  function runsOf(name: string): readonly Run[] {
    const names = [...blobs.blobs.keys()].filter((blob) => blob.startsWith(recordsOf(name))).toSorted();
    return names.map((blob) => {
      const id = /\d{13}-(.+)\.json$/.exec(blob)?.[1] ?? "";
      const read = readRecordText(blobs.textOf(blob) ?? "", name, id);
      if (read.outcome !== "run") throw new Error(`${blob} is ${read.outcome}.`);
      return read.run;
    });
  }

  const eventsOf = (...names: readonly string[]): readonly LogEvent[] =>
    events.filter(({ event }) => names.includes(event));
  const setTime = (to: string): void => {
    time = Date.parse(to);
  };
  return { deps, now, blobs, queue, containers, hsm, events, eventsOf, passTime, deliver, cardOf, runsOf, setTime };
}

/** The death of a process: whatever it still tries fails the same way and has no effect. */
export class Crash extends Error {
  override readonly name = "Crash";
}

async function unlessCrashed(step: () => Promise<void>): Promise<void> {
  try {
    await step();
  } catch (thrown) {
    if (!(thrown instanceof Crash)) throw thrown;
  }
}
