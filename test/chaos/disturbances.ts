import { pause } from "../../local/functions-host/retry.ts";
import type { Call } from "../end-to-end/gate.ts";
import type { ChaosWorld } from "./chaos-world.ts";
import { count, type FaultCounts, killOf } from "./fault-counts.ts";
import type { Random } from "./random.ts";

const SECOND = 1_000;
const CAUGHT_WITHIN = 8 * SECOND;
/** Longer than a call of the app may take: it gives up a call that then takes effect. */
const LONGEST_HOLD = 7 * SECOND;
const LONGEST_DROP = 2 * SECOND;
/** Shorter than a POST may take, so that not every start is unknown. */
const LONGEST_STALL = 4 * SECOND;
const SHARE_OF_KILLS = 0.3;
const SHARE_OF_BLOB_CALLS = 0.6;

/** One disturbance of the calls between the parts, from its beginning to its end. */
export type Disturbance = (
  world: ChaosWorld,
  counts: FaultCounts,
  random: Random,
  signal: AbortSignal,
) => Promise<void>;

type CallKind = (call: Call) => boolean;
const isState = ({ method, path }: Call): boolean => method === "PUT" && path.includes("/hsms/");
const BLOB_CALLS: readonly [CallKind, ...CallKind[]] = [
  isState,
  (call) => isState(call) && call.body.includes('"state":"Starting"'),
  (call) => isState(call) && call.body.includes('"outcome":null'),
  (call) => isState(call) && call.body.includes('"state":"InProgress"'),
  ({ method, path }) => method === "PUT" && path.includes("/runs/"),
  ({ method, path }) => method === "GET" && path.includes("/hsms/"),
];
const QUEUE_CALLS: readonly [CallKind, ...CallKind[]] = [
  ({ method, path }) => method === "POST" && path.endsWith("/messages"),
  ({ method, path }) => method === "DELETE" && path.includes("/messages/"),
  ({ method, path }) => method === "PUT" && path.includes("/messages/"),
];

/** Holds the next call of a kind before or after it took effect, and kills a host meanwhile, sometimes. */
export const holdCall: Disturbance = async ({ hosts, hostStorage }, counts, random, signal) => {
  const { gate, matches } = pickCalls(hostStorage, random);
  const hold = gate.hold(random.pick(["before", "after"]), matches);
  const isKill = random.isChance(SHARE_OF_KILLS);
  const host = hosts.all[Math.floor(random.share() * hosts.all.length)];
  const length = random.between(0.1 * SECOND, LONGEST_HOLD);
  const isCaught = await Promise.race([hold.caught.then(() => true), pause(CAUGHT_WITHIN, signal).then(() => false)]);
  if (isCaught) {
    count(counts, "hold a storage call");
    if (isKill && host?.now() !== undefined && !signal.aborted) {
      count(counts, killOf("host"));
      await host.kill();
      await host.start();
    } else await pause(length, signal);
  }
  hold.release();
};

/** Leaves all calls of a kind without an answer for a while, before or after they took effect. */
export const dropCalls: Disturbance = async ({ hostStorage }, counts, random, signal) => {
  const { gate, matches } = pickCalls(hostStorage, random);
  const drop = gate.drop(
    (call) => {
      const isDropped = matches(call);
      if (isDropped) count(counts, "drop a storage call");
      return isDropped;
    },
    random.pick(["before", "after"]),
  );
  await pause(random.between(0.2 * SECOND, LONGEST_DROP), signal);
  drop.stop();
};

function pickCalls({ blobGate, queueGate }: ChaosWorld["hostStorage"], random: Random) {
  return random.isChance(SHARE_OF_BLOB_CALLS)
    ? { gate: blobGate, matches: random.pick(BLOB_CALLS) }
    : { gate: queueGate, matches: random.pick(QUEUE_CALLS) };
}

/** The network to the HSMs or to the backups transmits nothing for a while. */
export const stallNetwork: Disturbance = async ({ backupStorage, hsms }, counts, random, signal) => {
  const resume = random.pick([backupStorage.gate, hsms.gate]).stall();
  count(counts, "stall the network");
  await pause(random.between(0.3 * SECOND, LONGEST_STALL), signal);
  resume();
};

/** Every connection to the HSMs or to the backups breaks. */
export const cutNetwork: Disturbance = async ({ backupStorage, hsms }, counts, random) => {
  count(counts, "cut a connection", random.pick([backupStorage.gate, hsms.gate]).cut());
};
