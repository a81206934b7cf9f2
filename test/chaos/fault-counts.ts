/** How often each fault was made, by its name. A kill is named `kill` and what was killed. */
export type FaultCounts = Map<string, number>;

const KILL = "kill ";

export const killOf = (what: string): string => `${KILL}${what}`;

export function count(counts: FaultCounts, fault: string, times = 1): void {
  counts.set(fault, (counts.get(fault) ?? 0) + times);
}

export const killsIn = (counts: FaultCounts): number =>
  [...counts].reduce((sum, [fault, times]) => (fault.startsWith(KILL) ? sum + times : sum), 0);
