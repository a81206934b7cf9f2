import { Worker } from "node:worker_threads";
import type { WorldReport } from "./check.ts";
import { ALL_CHECKS } from "./checks/all.ts";
import type { FaultKind } from "./faults/fault-kinds.ts";
import { simulateWorld } from "./world/world.ts";

export type SeedsToRun = {
  readonly from: number;
  readonly count: number;
  readonly workers: number;
  readonly only: ReadonlySet<number> | undefined;
  readonly kinds: ReadonlySet<FaultKind> | undefined;
};
/** Some neighbouring seeds, which one worker runs at a time. */
export type Chunk = Pick<SeedsToRun, "from" | "count" | "only" | "kinds">;

/** Nearly all that a world makes dies with it: room for it all saves most of the garbage collector's work. */
const YOUNG = { maxYoungGenerationSizeMb: 96 };
const CHUNK = 20;
/** With fewer worlds than that a worker isn't worth its start. */
const WORTH_WORKERS = 40;

/**
 * Runs a world for each seed, on as many threads as `workers`. `report` gets each world in the order of the seeds, whichever
 * thread is faster, and says whether to go on.
 */
export async function runSeeds(seeds: SeedsToRun, report: (world: WorldReport) => boolean): Promise<void> {
  const { from, count, workers, only, kinds } = seeds;
  if (workers === 1 || count < WORTH_WORKERS) {
    for (let seed = from; seed < from + count; seed++) {
      if (!report(await runSeed({ seed, only, kinds, keepFacts: false }))) return;
    }
    return;
  }
  const chunks: Chunk[] = [];
  for (let at = from; at < from + count; at += CHUNK) {
    chunks.push({ from: at, count: Math.min(CHUNK, from + count - at), only, kinds });
  }
  await runChunks(chunks, workers, report);
}

/** One world, judged by every check. */
export function runSeed(options: {
  readonly seed: number;
  readonly only: ReadonlySet<number> | undefined;
  readonly kinds: ReadonlySet<FaultKind> | undefined;
  readonly keepFacts: boolean;
}): Promise<WorldReport> {
  return simulateWorld({ ...options, makeChecks: ALL_CHECKS });
}

async function runChunks(
  chunks: readonly Chunk[],
  workers: number,
  report: (world: WorldReport) => boolean,
): Promise<void> {
  const done = new Map<number, readonly WorldReport[]>();
  let given = 0;
  let reported = 0;
  let isWanted = true;

  function reportInOrder(): void {
    for (let worlds = done.get(reported); worlds !== undefined && isWanted; worlds = done.get(++reported)) {
      done.delete(reported);
      isWanted = worlds.every((world) => report(world));
    }
  }
  /** Takes chunks until there is none left, or enough was seen. */
  async function lane(): Promise<void> {
    const worker = new Worker(new URL("./seed-worker.ts", import.meta.url), { resourceLimits: YOUNG });
    try {
      for (let index = given++; index < chunks.length && isWanted; index = given++) {
        const chunk = chunks[index];
        if (chunk === undefined) return;
        done.set(index, await ask(worker, chunk));
        reportInOrder();
      }
    } finally {
      await worker.terminate();
    }
  }
  await Promise.all(Array.from({ length: Math.min(workers, chunks.length) }, lane));
}

function ask(worker: Worker, chunk: Chunk): Promise<readonly WorldReport[]> {
  const { promise, resolve, reject } = Promise.withResolvers<readonly WorldReport[]>();
  const failed = (thrown: Error): void => {
    const last = chunk.from + chunk.count - 1;
    reject(new Error(`A world among the seeds ${chunk.from} to ${last} broke off.`, { cause: thrown }));
  };
  worker.once("message", (worlds: readonly WorldReport[]) => {
    worker.off("error", failed);
    resolve(worlds);
  });
  worker.once("error", failed);
  worker.postMessage(chunk);
  return promise;
}
