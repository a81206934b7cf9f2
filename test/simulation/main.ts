import { availableParallelism } from "node:os";
import { type Arguments, onlyWord, readArguments } from "./arguments.ts";
import type { WorldReport } from "./check.ts";
import { FAULT_KINDS } from "./faults/fault-kinds.ts";
import { reduce } from "./reduce.ts";
import { runSeed, runSeeds } from "./run-seeds.ts";
import { story } from "./story.ts";
import { noTotals, summaryJson, summaryLines, withReport } from "./totals.ts";

/** More failing worlds than this show nothing new. */
const ENOUGH_FAILING = 3;
const LARGEST_RANDOM_SEED = 900_000_000;
const BAD_ARGUMENTS = 2;

process.exitCode = await main(process.argv.slice(2));

/** `npm run simulate`: 0 where no world violates anything, 1 where one does, 2 for arguments that can't be understood. */
async function main(words: readonly string[]): Promise<number> {
  let read: Arguments;
  try {
    const randomSeed = 1 + Math.floor(Math.random() * LARGEST_RANDOM_SEED);
    read = readArguments(words, { workers: availableParallelism(), randomSeed });
  } catch (thrown) {
    console.error(thrown instanceof Error ? thrown.message : thrown);
    return BAD_ARGUMENTS;
  }
  const { seed, seeds, workers, only, kinds, json, verbose } = read;
  if (!json) console.log(`seeds ${seed} to ${seed + seeds - 1}, on ${workers} threads`);
  if (verbose && seeds === 1) console.log(story(await runSeed({ seed, only, kinds, keepFacts: true }), { all: true }));

  const began = performance.now();
  let totals = noTotals();
  const failing: WorldReport[] = [];
  await runSeeds({ from: seed, count: seeds, workers, only, kinds }, (report) => {
    totals = withReport(totals, report);
    if (report.violations.length > 0) failing.push(report);
    if (json && report.violations.length > 0) console.log(failingJson(report));
    return failing.length < ENOUGH_FAILING;
  });
  if (json) {
    console.log(summaryJson(totals));
  } else {
    for (const report of failing) await printFailing(report, read);
    for (const line of summaryLines(totals, (performance.now() - began) / 1_000)) console.log(line);
  }
  return failing.length === 0 ? 0 : 1;
}

/** The story of a failing world, with as few faults as are needed for it, and the command that replays it. */
async function printFailing({ seed, struck }: WorldReport, { kinds }: Arguments): Promise<void> {
  // Once more, with all facts kept; a world that was reduced already keeps only its own faults.
  const whole = await runSeed({ seed, only: new Set(struck), kinds, keepFacts: true });
  const reduced = await reduce(whole, (only) => runSeed({ seed, only, kinds, keepFacts: true }));
  console.log(story(reduced.report));
  console.log(`npm run simulate -- --seed ${seed} --seeds 1 --only ${onlyWord(reduced.only)} --verbose\n`);
}

function failingJson({ seed, violations, faults }: WorldReport): string {
  const [first] = violations;
  const struck = FAULT_KINDS.filter((kind) => faults[kind] > 0);
  return JSON.stringify({ seed, check: first?.check, what: first?.what, faults: struck });
}
