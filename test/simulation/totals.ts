import { FAULT_KINDS, type WorldReport } from "./facts.ts";
import { noFaults } from "./fault-book.ts";

/** What all worlds so far came to. */
export type Totals = ReturnType<typeof noTotals>;

export const noTotals = () => ({
  seeds: 0,
  violations: 0,
  failingSeeds: 0,
  byCheck: new Map<string, number>(),
  faults: noFaults(),
  runs: 0,
  jobs: 0,
  mostMessages: { count: 0, run: "", fault: null, seed: 0 } as WorldReport["mostMessages"] & { readonly seed: number },
});

/** The same with one world more. */
export function withReport(totals: Totals, report: WorldReport): Totals {
  const { violations, faults, runs, jobs, mostMessages, seed } = report;
  const byCheck = new Map(totals.byCheck);
  for (const { check } of violations) byCheck.set(check, (byCheck.get(check) ?? 0) + 1);
  const counts = noFaults();
  for (const kind of FAULT_KINDS) counts[kind] = totals.faults[kind] + faults[kind];
  return {
    seeds: totals.seeds + 1,
    violations: totals.violations + violations.length,
    failingSeeds: totals.failingSeeds + (violations.length > 0 ? 1 : 0),
    byCheck,
    faults: counts,
    runs: totals.runs + runs,
    jobs: totals.jobs + jobs,
    mostMessages: mostMessages.count > totals.mostMessages.count ? { ...mostMessages, seed } : totals.mostMessages,
  };
}

/** The last line: how many worlds, what failed, which faults struck, and the most messages of one run. */
export function summaryLine({ seeds, violations, faults, mostMessages }: Totals): string {
  const counts = FAULT_KINDS.map((kind) => `${kind} ${faults[kind]}`).join(", ");
  const { count, seed, fault } = mostMessages;
  const after = fault === null ? "with no fault before" : `after ${fault}`;
  return `${seeds} seeds, ${violations} violations; faults: ${counts}; at most ${count} messages of one run at one time (seed ${seed}, ${after})`;
}

/** The same as one line of JSON. */
export const summaryJson = ({ seeds, violations, byCheck, faults, mostMessages }: Totals): string =>
  JSON.stringify({ seeds, violations, byCheck: Object.fromEntries(byCheck), faults, mostMessages });
