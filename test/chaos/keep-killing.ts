import { pause } from "../../local/functions-host/retry.ts";
import type { ChaosWorld } from "./chaos-world.ts";
import { count, type FaultCounts, killOf } from "./fault-counts.ts";
import type { Random } from "./random.ts";
import type { Service } from "./service.ts";

const SECOND = 1_000;
/** Between two kills, for each host that there is. */
const SHORTEST_PEACE = 2 * SECOND;
const LONGEST_PEACE = 8 * SECOND;
const LONGEST_DOWN = 1.5 * SECOND;
/** Of all kills, those that meet a host; the others are shared by the services, each of which stops everything. */
const SHARE_OF_HOSTS = 0.75;
/** However slow the machine starts things, they live for a while between two kills, so that some work gets done. */
const SHORTEST_LIFE_OF_HOST = 2.5 * SECOND;
const SHORTEST_LIFE_OF_SERVICES = 6 * SECOND;

/** What can be killed. */
type Target = { readonly name: string; readonly service: Service };

/** Kills processes with SIGKILL and starts them again, until `signal` is aborted; then all run again. */
export async function keepKilling(
  world: ChaosWorld,
  counts: FaultCounts,
  random: Random,
  signal: AbortSignal,
): Promise<void> {
  const restarts = new Set<Promise<void>>();
  const hosts = world.hosts.all.length;
  while (!signal.aborted) {
    await pause(random.between(SHORTEST_PEACE, LONGEST_PEACE) / hosts, signal);
    const { name, service } = chooseTarget(world, random);
    const down = random.between(0, LONGEST_DOWN);
    if (signal.aborted || service.age() < SHORTEST_LIFE_OF_HOST) continue;
    count(counts, killOf(name));
    const restart = restartLater(service, down, signal).finally(() => restarts.delete(restart));
    restarts.add(restart);
  }
  await Promise.all(restarts);
}

async function restartLater(service: Service, down: number, signal: AbortSignal): Promise<void> {
  await service.kill();
  await pause(down, signal);
  await service.start();
}

/** A host, where no service may be killed yet: nothing works while a service is down. */
function chooseTarget({ hosts, hostStorage, backupStorage, hsms }: ChaosWorld, random: Random): Target {
  const services: readonly [Target, ...Target[]] = [
    { name: "storage of the hosts", service: hostStorage.service },
    { name: "storage of the backups", service: backupStorage.service },
    { name: "HSM emulator", service: hsms.service },
  ];
  const isHost = random.isChance(SHARE_OF_HOSTS);
  const host = hosts.all[Math.floor(random.share() * hosts.all.length)];
  const other = random.pick(services);
  const areServicesStrong = services.every(({ service }) => service.age() > SHORTEST_LIFE_OF_SERVICES);
  return host === undefined || (!isHost && areServicesStrong) ? other : { name: "host", service: host };
}
