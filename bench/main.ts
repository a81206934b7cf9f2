/**
 * `npm run bench`: what it costs to follow a job, to load, to back up and to grow. Figures are counts, or shares of
 * contestants in this run. Prints tables, and writes results.json beside this file and the chart of docs/scale.md.
 */
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { lookChart } from "./chart.ts";
import { following } from "./following.ts";
import { loading } from "./load.ts";
import { type Section, tableText, targetsTable } from "./report.ts";
import { roundTrips } from "./round-trips.ts";
import { scale } from "./scale.ts";

const RESULTS = fileURLToPath(new URL("results.json", import.meta.url));
const CHART = fileURLToPath(new URL("../docs/looks.svg", import.meta.url));

const began = performance.now();
const followed = await following();
const sections: readonly Section[] = [followed, await scale(), await loading(), await roundTrips()];
const targets = sections.flatMap((section) => section.targets);
for (const table of [...sections.flatMap(({ tables }) => tables), targetsTable(targets)]) console.log(tableText(table));
await writeFile(RESULTS, `${JSON.stringify(targets, null, 2)}\n`);
await writeFile(CHART, lookChart(followed.results));
console.log(`\n${((performance.now() - began) / 1_000).toFixed(0)} s; written: bench/results.json, docs/looks.svg`);
