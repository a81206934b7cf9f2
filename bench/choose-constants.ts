/**
 * The simulation that chose the constants of `backup/decide/next-look.ts`: `node bench/choose-constants.ts`. It varies
 * one constant at a time and follows jobs of known length: looks / mean delay in seconds, after ten runs.
 */
import { type Constants, PLAN, pauseByHistory } from "../backup/decide/next-look.ts";
import { MINUTE, SECOND } from "../backup/model/instant.ts";
import { INTERVALS } from "../backup/model/intervals.ts";
import { randomNormal } from "./random.ts";

const RUNS = 600;
const REMEMBERED = 10;
const JOBS = [
  { minutes: 0.5, sigma: 0.05 },
  { minutes: 5, sigma: 0.05 },
  { minutes: 30, sigma: 0.05 },
  { minutes: 180, sigma: 0.05 },
  { minutes: 30, sigma: 0.3 },
  { minutes: 180, sigma: 0.3 },
];
type Choice = Constants & { readonly lookPrice: number };
const OURS: Choice = { ...PLAN, lookPrice: INTERVALS.lookPrice };
const CHOICES: readonly Partial<Choice>[] = [
  {},
  ...[0, 2, 10, 20].map((seconds) => ({ lookPrice: seconds * SECOND })),
  ...[0, 0.001, 0.002, 0.004].map((priceShare) => ({ priceShare })),
  ...[0.3, 0.7, 1].map((deviationShare) => ({ deviationShare })),
  ...[0.002, 0.05].map((leastShare) => ({ leastShare })),
  ...[0, 2, 10].map((few) => ({ few })),
  ...[3, 4, 8].map((late) => ({ late })),
  ...[1.1, 1.5, 9].map((change) => ({ change })),
];

/** The looks at a job of that length, and how late its end is known. */
function follow(length: number, known: readonly number[], choice: Choice): { looks: number; delay: number } {
  const intervals = { ...INTERVALS, lookPrice: choice.lookPrice };
  let elapsed = 0;
  let looks = 0;
  while (elapsed < length) {
    const unknown = Math.max(MINUTE, elapsed / 10);
    const pause = pauseByHistory(elapsed, known, intervals, choice) ?? unknown;
    elapsed += Math.min(Math.max(pause, INTERVALS.lookShortest), INTERVALS.longestPause);
    looks += 1;
  }
  return { looks, delay: (elapsed - length) / SECOND };
}

/** Follows `runs` jobs, the n-th of which usually takes `usual(n)`; `known` is forgotten at the start of a series. */
function meansOf(choice: Choice, usual: (n: number) => number, { sigma, first, last, series }: Series): string {
  const normal = randomNormal(1);
  const seen: { looks: number; delay: number }[] = [];
  for (let count = 0; count < series; count++) {
    let known: readonly number[] = [];
    for (let n = 0; n <= last; n++) {
      const length = Math.max(SECOND, usual(n) * (1 + sigma * normal()));
      if (n >= first) seen.push(follow(length, known, choice));
      known = [Math.round(length / SECOND) * SECOND, ...known].slice(0, REMEMBERED);
    }
  }
  const mean = (of: "looks" | "delay") => seen.reduce((sum, each) => sum + each[of], 0) / seen.length;
  return `${mean("looks").toFixed(1)} / ${mean("delay").toFixed(0)}`;
}
type Series = { readonly sigma: number; readonly first: number; readonly last: number; readonly series: number };

const USUAL = { first: REMEMBERED, last: REMEMBERED + RUNS, series: 1 };
/** The second run of an HSM, and the second and the third after its jobs take twice as long. */
const SECOND_RUN = { sigma: 0.05, first: 1, last: 1, series: RUNS };
const AFTER_DOUBLING = { sigma: 0.05, first: REMEMBERED + 1, last: REMEMBERED + 2, series: RUNS / 2 };
const doubling = (n: number): number => (n < REMEMBERED ? 30 : 60) * MINUTE;

const columns = JOBS.map(({ minutes, sigma }) => `${minutes} min, ${sigma * 100} %`);
console.log(`| changed | ${[...columns, "30 min: 2nd run", "30 min doubled: runs 2 and 3"].join(" | ")} |`);
console.log(`| --- |${" --- |".repeat(JOBS.length + 2)}`);
for (const changed of CHOICES) {
  const choice = { ...OURS, ...changed };
  const name = Object.entries(changed)
    .map(([key, value]) => `${key} ${value}`)
    .join();
  const cells = JOBS.map(({ minutes, sigma }) => meansOf(choice, () => minutes * MINUTE, { sigma, ...USUAL }));
  const second = meansOf(choice, () => 30 * MINUTE, SECOND_RUN);
  console.log(`| ${[name || "nothing", ...cells, second, meansOf(choice, doubling, AFTER_DOUBLING)].join(" | ")} |`);
}
