import { setTimeout as wait } from "node:timers/promises";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import {
  InvocationContext,
  type StorageQueueFunctionOptions,
  type StorageQueueHandler,
  type Timer,
  type TimerHandler,
} from "@azure/functions";
import { BlobServiceClient } from "@azure/storage-blob";
import { type QueueClient, QueueServiceClient } from "@azure/storage-queue";
import { connect } from "../azure/connect.ts";
import { parseSchedule } from "../azure/schedule/ncrontab.ts";
import { readHostStorage } from "../azure/storage/host-storage.ts";
import { INTERVALS } from "../backup/model/intervals.ts";
import { followQueueOf, readSettings } from "../backup/settings/read-settings.ts";
import { type App, register } from "../functions/index.ts";
import { startWorld } from "../local/world.ts";
import { parseFields } from "./json.ts";

const HSM = "contoso";
const UPLOAD_SECONDS = 1;
const SECOND = 1_000;
/** Nobody waits a minute for the first look here. */
const LOOKS_SOON = { ...INTERVALS, lookUnknown: INTERVALS.lookShortest };
const SLOT_IN = 15 * SECOND;
const MOST_SECONDS = 60;
const NOT_DUE: Timer = {
  isPastDue: false,
  schedule: { adjustForDST: true },
  scheduleStatus: { last: "", next: "", lastUpdated: "" },
};

/** The app on the local world, whose handlers are called here as a host would. */
export type LoadedApp = {
  readonly tick: () => Promise<void>;
  readonly follow: (message: unknown) => Promise<void>;
  readonly queue: QueueClient;
  /** Whether the HSM has a verified success and no active run. */
  readonly isBackedUp: () => Promise<boolean>;
  readonly untilNextSlot: () => Promise<void>;
  readonly stop: () => Promise<void>;
};

/** Starts the local world, whose backups take `uploadSeconds`, and loads the app on it, with its own settings. */
export async function loadApp(uploadSeconds = UPLOAD_SECONDS, intervals = LOOKS_SOON): Promise<LoadedApp> {
  const options = { hsms: [HSM], uploadSeconds, environment: process.env };
  const world = await startWorld(options, new AbortController().signal);
  setDefaultCACertificates([...getCACertificates("default"), world.certificate.pem]);
  // `ManagedIdentityCredential` reads them there.
  Object.assign(process.env, world.settings);
  const slot = new Date(Date.now() + SLOT_IN);
  const daily = `${slot.getUTCSeconds()} ${slot.getUTCMinutes()} ${slot.getUTCHours()} * * *`;
  const read = readSettings({ ...world.settings, BACKUP_SCHEDULE: daily }, "executed", parseSchedule);
  const host = readHostStorage(world.settings);
  if (read.outcome === "unusable" || "problems" in host)
    throw new Error("The settings of the local world are unusable.");
  const { settings } = read;

  const handlers = capture((app) => register(app, connect(world.settings, settings, host.host, intervals), intervals));
  const connection = world.settings.AzureWebJobsStorage;
  const queue = QueueServiceClient.fromConnectionString(connection).getQueueClient(followQueueOf(settings.ledger));
  await queue.create();
  const ledger = BlobServiceClient.fromConnectionString(connection).getContainerClient(settings.ledger);
  const context = new InvocationContext({ logHandler: () => undefined });
  return {
    tick: async () => void (await handlers.timer(NOT_DUE, context)),
    follow: async (message) => void (await handlers.queue(message, context)),
    queue,
    isBackedUp: async () => {
      const state = parseFields(String(await ledger.getBlobClient(`hsms/${HSM}.json`).downloadToBuffer()), "state");
      return state.active === null && state.newestSuccess !== null;
    },
    untilNextSlot: () => wait(Math.max(0, slot.getTime() + SECOND - Date.now())),
    stop: world.stop,
  };
}

/** One backup of the HSM: a tick of the timer, and its messages until the run has ended. @throws where none succeeds */
export async function backUpOnce({ tick, follow, queue, isBackedUp }: LoadedApp): Promise<void> {
  const end = Date.now() + MOST_SECONDS * SECOND;
  await tick();
  while (Date.now() < end) {
    const { receivedMessageItems } = await queue.receiveMessages();
    for (const { messageId, popReceipt, messageText } of receivedMessageItems) {
      await follow(JSON.parse(Buffer.from(messageText, "base64").toString()));
      await queue.deleteMessage(messageId, popReceipt);
      if (await isBackedUp()) return;
    }
    await wait(SECOND / 10);
  }
  throw new Error(`No backup succeeded within ${MOST_SECONDS} s.`);
}

/** The handlers that an app registers for its timer and its queue of messages. */
function capture(registerAll: (app: App) => void): {
  readonly timer: TimerHandler;
  readonly queue: StorageQueueHandler;
} {
  const timers: TimerHandler[] = [];
  const queues: StorageQueueHandler[] = [];
  registerAll({
    timer: (_name, { handler }) => void timers.push(handler),
    storageQueue: <T>(_name: string, { handler }: StorageQueueFunctionOptions<T>) =>
      void queues.push((message, context) => handler(message as T, context)),
    http: () => undefined,
  });
  const [timer] = timers;
  // The second is for poisoned messages.
  const [queue] = queues;
  if (timer === undefined || queue === undefined) throw new Error("The app has registered no timer or no queue.");
  return { timer, queue };
}
