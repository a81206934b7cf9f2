import { type Followed, followFixed, followOfficially, followOurs, followUnknown } from "./followed-runs.ts";
import { randomNormal } from "./random.ts";
import { atMost, mean, quantile, type Section, shown, type Target } from "./report.ts";

const JOBS = [
  { name: "30 s", seconds: 30 },
  { name: "5 min", seconds: 300 },
  { name: "30 min", seconds: 1_800 },
  { name: "3 h", seconds: 10_800 },
];
const SIGMAS = [0.05, 0.3];
/** Figures are means after so many runs, when the history is full. */
const WARM_UP = 10;
const RUNS = 600;
const SHORTEST = 2;
const DOUBLINGS = 20;

export type Contestant = "official" | "fixed 60 s" | "ours" | "ours, no history";
export type Result = { readonly job: string; readonly sigma: number; readonly of: Contestant } & Figures;
type Figures = Followed & { readonly late: number };

/** Lengths in whole seconds, normally distributed, the same for every contestant. */
function lengthsOf(seconds: number, sigma: number, count: number, seed: number): readonly number[] {
  const normal = randomNormal(seed);
  return Array.from({ length: count }, () => Math.max(SHORTEST, Math.round(seconds * (1 + sigma * normal()))));
}

const figuresOf = (runs: readonly Followed[]): Figures => ({
  looks: mean(runs.map(({ looks }) => looks)),
  delay: mean(runs.map(({ delay }) => delay)),
  late: quantile(
    runs.map(({ delay }) => delay),
    0.95,
  ),
  billedSeconds: mean(runs.map(({ billedSeconds }) => billedSeconds)),
  requests: mean(runs.map(({ requests }) => requests)),
});

async function compare(seconds: number, sigma: number): Promise<ReadonlyMap<Contestant, Figures>> {
  const lengths = lengthsOf(seconds, sigma, WARM_UP + RUNS, seconds);
  const ours = (await followOurs(lengths)).slice(WARM_UP);
  const measured = lengths.slice(WARM_UP);
  const [any] = ours;
  if (any === undefined) throw new Error("Nothing was followed.");
  return new Map<Contestant, Figures>([
    ["official", figuresOf(measured.map(followOfficially))],
    ["fixed 60 s", figuresOf(measured.map((length) => followFixed(length, any)))],
    ["ours", figuresOf(ours)],
    ["ours, no history", figuresOf(await followUnknown(measured))],
  ]);
}

/** Jobs that take twice as long from one day on: the means of each run since, beside jobs that always took so long. */
async function followDoubling() {
  const [usual, doubled] = [1_800, 3_600];
  const after: Followed[][] = [[], [], [], []];
  const always: Followed[] = [];
  for (let seed = 1; seed <= DOUBLINGS; seed += 1) {
    const longer = lengthsOf(doubled, 0.05, WARM_UP + after.length, seed);
    const runs = await followOurs([...lengthsOf(usual, 0.05, WARM_UP, seed), ...longer.slice(WARM_UP)]);
    for (const [run, each] of runs.slice(WARM_UP).entries()) after[run]?.push(each);
    always.push(...(await followOurs(longer)).slice(WARM_UP));
  }
  return { after: after.map(figuresOf), always: figuresOf(always) };
}

/** The bench's part on following jobs: contestants, and what becomes of ours after a change. */
export async function following(): Promise<Section & { readonly results: readonly Result[] }> {
  const results: Result[] = [];
  for (const { name, seconds } of JOBS)
    for (const sigma of SIGMAS)
      for (const [of, figures] of await compare(seconds, sigma)) results.push({ job: name, sigma, of, ...figures });
  const { after, always } = await followDoubling();

  const columns = ["job", "sigma", "", "looks", "delay s", "p95 s", "billed s", "requests"];
  const cells = ({ looks, delay, late, billedSeconds, requests }: Figures) =>
    [looks, delay, late, billedSeconds, requests].map((value) => value.toFixed(1));
  const rows = results.map(({ job, sigma, of, ...figures }) => [job, `${sigma * 100} %`, of, ...cells(figures)]);
  const doubling = [
    ...after.map((figures, run) => ["30 min -> 60 min", "5 %", `run ${run + 1} after the change`, ...cells(figures)]),
    ["60 min", "5 %", "always 60 min", ...cells(always)],
  ];
  return {
    results,
    tables: [
      { title: `Following a job: means of ${RUNS} runs, after ${WARM_UP}`, columns, rows },
      { title: `A sudden doubling: means of ${DOUBLINGS} series`, columns, rows: doubling },
    ],
    targets: [...targetsOf(results), ...targetsAfterDoubling(after[2], always)],
  };
}

function targetsOf(results: readonly Result[]): readonly Target[] {
  const find = (job: string, of: Contestant): Result => {
    const found = results.find((each) => each.job === job && each.of === of && each.sigma === SIGMAS[0]);
    if (found === undefined) throw new Error(`No figures of ${of} for ${job}.`);
    return found;
  };
  const [half, long] = [find("30 min", "ours"), find("3 h", "ours")];
  return [
    atMost("job of 30 min: looks", 6, half.looks),
    atMost("job of 30 min: end known within", 30, half.delay, " s"),
    atMost("job of 3 h: looks", 8, long.looks),
    atMost("job of 3 h: end known within", 120, long.delay, " s"),
    ...JOBS.flatMap(({ name, seconds }) => [
      atMost(
        `unknown HSM, ${name}: looks, as a fixed 60 s`,
        find(name, "fixed 60 s").looks,
        find(name, "ours, no history").looks,
      ),
      atMost(`unknown HSM, ${name}: delay`, Math.max(60, seconds / 10), find(name, "ours, no history").delay, " s"),
    ]),
    ...JOBS.map(({ name }) =>
      atMost(
        `billed seconds of a job of ${name}, as a share of the official way`,
        1 / 100,
        find(name, "ours").billedSeconds / find(name, "official").billedSeconds,
        "",
        "two executions are billed for at least a second each; a job that short needs no queue",
      ),
    ),
  ];
}

const targetsAfterDoubling = (third: Figures | undefined, always: Figures): readonly Target[] =>
  third === undefined
    ? []
    : [
        atMost(
          `third run after a doubling: looks, beside ${shown(always.looks)} of jobs always so long`,
          always.looks + 1,
          third.looks,
        ),
        atMost(
          `third run after a doubling: delay, beside ${shown(always.delay)} s`,
          always.delay * 1.5,
          third.delay,
          " s",
        ),
      ];
