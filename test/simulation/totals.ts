import type { WorldReport } from "./check.ts";
import { noFaults } from "./faults/fault-book.ts";
import { FAULT_KINDS } from "./faults/fault-kinds.ts";

/** What all worlds so far came to. */
export type Totals = ReturnType<typeof noTotals>;

export const noTotals = () => ({
  seeds: 0,
  violations: 0,
  byCheck: new Map<string, number>(),
  faults: noFaults(),
  runs: 0,
  jobs: 0,
  /** Of the worlds without a fault. */
  calm: { worlds: 0, runs: 0, jobs: 0 },
  mostMessages: { count: 0, run: "", seed: 0 },
});

/** The same with one world more. */
export function withReport(totals: Totals, report: WorldReport): Totals {
  const { violations, faults, runs, jobs, mostMessages, seed, struck } = report;
  const byCheck = new Map(totals.byCheck);
  for (const { check } of violations) byCheck.set(check, (byCheck.get(check) ?? 0) + 1);
  const counts = noFaults();
  for (const kind of FAULT_KINDS) counts[kind] = totals.faults[kind] + faults[kind];
  const { calm } = totals;
  return {
    seeds: totals.seeds + 1,
    violations: totals.violations + violations.length,
    byCheck,
    faults: counts,
    runs: totals.runs + runs,
    jobs: totals.jobs + jobs,
    calm: struck.length > 0 ? calm : { worlds: calm.worlds + 1, runs: calm.runs + runs, jobs: calm.jobs + jobs },
    mostMessages: mostMessages.count > totals.mostMessages.count ? { ...mostMessages, seed } : totals.mostMessages,
  };
}

/** The closing lines: runs and jobs, what struck how often, and how many worlds violated something. */
export function summaryLines(
  { seeds, violations, faults, runs, jobs, calm, mostMessages }: Totals,
  seconds: number,
): readonly string[] {
  const counts = FAULT_KINDS.map((kind) => `${kind} ${faults[kind]}`).join(", ");
  const ratio = calm.runs === 0 ? "no run" : `${(calm.jobs / calm.runs).toFixed(2)} jobs per run`;
  return [
    `faults: ${counts}`,
    `${calm.worlds} worlds without a fault: ${ratio}`,
    `at most ${mostMessages.count} messages of one run at one time (seed ${mostMessages.seed})`,
    `${runs} runs, ${jobs} jobs, ${seconds.toFixed(1)} seconds`,
    `${seeds} seeds, ${violations} violations`,
  ];
}

/** The same as one line of JSON. */
export const summaryJson = ({ seeds, violations, byCheck, faults, mostMessages }: Totals): string =>
  JSON.stringify({ seeds, violations, byCheck: Object.fromEntries(byCheck), faults, mostMessages });
