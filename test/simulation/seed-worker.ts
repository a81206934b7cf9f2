import { parentPort } from "node:worker_threads";
import type { WorldReport } from "./check.ts";
import { type Chunk, runSeed } from "./run-seeds.ts";

// Failures are made by the thousand here; where they were made isn't shown.
Error.stackTraceLimit = 0;

parentPort?.on("message", async ({ from, count, only, kinds }: Chunk) => {
  const worlds: WorldReport[] = [];
  for (let seed = from; seed < from + count; seed++) {
    try {
      worlds.push(await runSeed({ seed, only, kinds, keepFacts: false }));
    } catch (thrown) {
      throw new Error(`seed ${seed}: ${String(thrown)}`, { cause: thrown });
    }
  }
  parentPort?.postMessage(worlds);
});
