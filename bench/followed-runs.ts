import { DAY, HOUR, millis, SECOND } from "../backup/model/instant.ts";
import type { Ports } from "../backup/ports.ts";
import { makeProductWorld } from "../test/steps/product-world.ts";
import { type Counter, countedPorts } from "./counted-ports.ts";

/** One backup, as it was followed. `delay`: seconds from the job's end until it is known. */
export type Followed = {
  readonly looks: number;
  readonly delay: number;
  readonly billedSeconds: number;
  readonly requests: number;
};

/** The plan bills at least this for an execution. https://learn.microsoft.com/azure/azure-functions/functions-consumption-costs */
const LEAST_BILLED = 1;
/** An assumption: the usual time of a request to storage or an HSM. */
const SECONDS_OF_A_REQUEST = 0.1;
const FIRST_DAY = Date.parse("2026-01-01T01:59:00Z");
const LONGEST_RUN = 12;
/** The longest of the random jobs is late, and no failure. */
const DEADLINE = LONGEST_RUN * HOUR;
/** What the official way needs besides its polls: the container, the delegation key, the POST. */
const OFFICIAL_START = 3;
const OFFICIAL_POLL = 2;
const FIXED_PAUSE = 60;

const billed = (requests: number): number => Math.max(LEAST_BILLED, requests * SECONDS_OF_A_REQUEST);

/**
 * Runs the product on fakes, a backup a day; the n-th job takes `lengths[n]` seconds. The functions, steps and decisions
 * are the product's own, and only the clock is virtual. Idle ticks are left out: they come whether a backup runs or not.
 */
export async function followOurs(lengths: readonly number[]): Promise<readonly Followed[]> {
  const world = makeProductWorld({
    begin: new Date(FIRST_DAY).toISOString(),
    settings: { deadline: DEADLINE },
  });
  const followed: Followed[] = [];
  for (const [day, seconds] of lengths.entries()) {
    world.clock.setTime(FIRST_DAY + day * DAY);
    world.hsm.at("contoso").planNextJob({ takes: seconds * SECOND });
    const invocations: Counter[] = [];
    const of = (): Ports => {
      const counter = countedPorts(world.ports);
      invocations.push(counter);
      return counter.ports;
    };
    const isDone = async (): Promise<boolean> => (await world.historyOf("contoso")).length > day;
    for (let hour = 0; hour < LONGEST_RUN && !(await isDone()); hour += 1) await world.passTime(HOUR, of);
    const [record] = await world.historyOf("contoso");
    if (record?.state !== "Succeeded") throw new Error("A backup of the bench didn't succeed.");
    const startedAt = record.attempts.at(-1)?.at ?? record.startedAt;
    const requests = invocations.filter(isBusy).map((each) => each.requests());
    followed.push({
      looks: record.looks,
      delay: (millis(record.endedAt) - millis(startedAt)) / SECOND - seconds,
      billedSeconds: requests.reduce((sum, count) => sum + billed(count), 0),
      requests: requests.reduce((sum, count) => sum + count, 0),
    });
  }
  return followed;
}

/** Whether an invocation did more than to read. */
const isBusy = (invocation: Counter): boolean =>
  invocation.verbs().some((verb) => verb !== "readBlob" && verb !== "listBlobs");

/** One HSM for each job, so that none has a history. */
export async function followUnknown(lengths: readonly number[]): Promise<readonly Followed[]> {
  const followed: Followed[] = [];
  for (const length of lengths) followed.push(...(await followOurs([length])));
  return followed;
}

/** The official SDK's poller inside the function that started the backup: a poll every 2 s, billed all the while. */
export function followOfficially(seconds: number): Followed {
  const looks = Math.ceil(seconds / OFFICIAL_POLL);
  const known = looks * OFFICIAL_POLL;
  return {
    looks,
    delay: known - seconds,
    billedSeconds: billed(OFFICIAL_START) + known,
    requests: OFFICIAL_START + looks,
  };
}

/** The queue and the requests of this app, with a look every 60 s. `ours`: a run of this app, with `looks` looks. */
export function followFixed(seconds: number, { requests, looks }: Followed): Followed {
  const fixed = Math.ceil(seconds / FIXED_PAUSE);
  return {
    looks: fixed,
    delay: fixed * FIXED_PAUSE - seconds,
    billedSeconds: LEAST_BILLED * (1 + fixed),
    requests: requests + REQUESTS_OF_A_LOOK * (fixed - looks),
  };
}

/** A look that finds its job running: the owner, the state, the HSM, the state's write, the next message. */
export const REQUESTS_OF_A_LOOK = 5;
