import { pause } from "../../local/functions-host/retry.ts";
import type { Call } from "../end-to-end/gate.ts";
import type { ChaosWorld } from "./chaos-world.ts";
import type { Deeds } from "./deeds.ts";
import type { Random } from "./random.ts";

const SECOND = 1_000;
const CAUGHT_WITHIN = 8 * SECOND;
/** Longer than a call of the app may take: it gives up a call that then takes effect. */
const LONGEST_HOLD = 7 * SECOND;
const LONGEST_DROP = 2 * SECOND;
/** Longer than a start may take, and shorter than a start that nobody answered is waited for. */
const LONGEST_STALL = 4 * SECOND;
const SHARE_OF_KILLS = 0.3;

/** One disturbance of the ways between the parts, from its beginning to its end. */
export type Meddling = (world: ChaosWorld, deeds: Deeds, random: Random, signal: AbortSignal) => Promise<void>;

type CallKind = (call: Call) => boolean;
const BLOB_CALLS: readonly [CallKind, ...CallKind[]] = [
  ({ method, path }) => method === "PUT" && path.includes("/hsms/"),
  ({ method, path }) => method === "PUT" && path.includes("/runs/"),
  ({ method, path, body }) => method === "PUT" && path.includes("/runs/") && body.includes('"outcome":null'),
  ({ method, path, body }) => method === "PUT" && path.includes("/runs/") && body.includes('"state":"InProgress"'),
  ({ method, path }) => method === "GET" && path.includes("/runs/"),
  ({ method, path }) => method === "GET" && path.includes("/hsms/"),
];
const QUEUE_CALLS: readonly [CallKind, ...CallKind[]] = [
  ({ method, path }) => method === "POST" && path.endsWith("/messages"),
  ({ method, path }) => method === "DELETE" && path.includes("/messages/"),
  ({ method, path }) => method === "PUT" && path.includes("/messages/"),
];

/** Holds the next call of a kind before or after it took effect, and kills a host meanwhile, sometimes. */
export const holdCall: Meddling = async ({ hosts, hostStorage }, deeds, random, signal) => {
  const isBlob = random.isChance(0.6);
  const gate = isBlob ? hostStorage.blobGate : hostStorage.queueGate;
  const matches = random.pick(isBlob ? BLOB_CALLS : QUEUE_CALLS);
  const hold = gate.hold(random.pick(["before", "after"]), matches);
  const isKill = random.isChance(SHARE_OF_KILLS);
  const host = hosts.all[Math.floor(random.share() * hosts.all.length)];
  const length = random.between(0.1 * SECOND, LONGEST_HOLD);
  const isCaught = await Promise.race([hold.caught.then(() => true), pause(CAUGHT_WITHIN, signal).then(() => false)]);
  if (isCaught) {
    deeds.callsHeld += 1;
    if (isKill && host?.now() !== undefined && !signal.aborted) {
      deeds.kills.host += 1;
      await host.kill();
      await host.start();
    } else await pause(length, signal);
  }
  hold.release();
};

/** Leaves all calls of a kind without an answer for a while, done or not. */
export const dropCalls: Meddling = async ({ hostStorage }, deeds, random, signal) => {
  const isBlob = random.isChance(0.6);
  const gate = isBlob ? hostStorage.blobGate : hostStorage.queueGate;
  const matches = random.pick(isBlob ? BLOB_CALLS : QUEUE_CALLS);
  const drop = gate.drop(
    (call) => {
      const isDropped = matches(call);
      if (isDropped) deeds.callsDropped += 1;
      return isDropped;
    },
    random.pick(["before", "after"]),
  );
  await pause(random.between(0.2 * SECOND, LONGEST_DROP), signal);
  drop.stop();
};

/** The network to the HSMs or to the backups stands still. */
export const stallNetwork: Meddling = async ({ backupStorage, hsms }, deeds, random, signal) => {
  const goOn = random.pick([backupStorage.gate, hsms.gate]).stall();
  deeds.stalls += 1;
  await pause(random.between(0.3 * SECOND, LONGEST_STALL), signal);
  goOn();
};

/** Every connection to the HSMs or to the backups breaks. */
export const cutNetwork: Meddling = async ({ backupStorage, hsms }, deeds, random) => {
  deeds.connectionsCut += random.pick([backupStorage.gate, hsms.gate]).cut();
};
