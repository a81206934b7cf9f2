import { HOUR, MINUTE } from "../durations.ts";
import type { Workspace } from "../kql/workspace.ts";
import type { AlarmRule } from "./alarm-rules.ts";

/** An alert from its firing to its being resolved, null where it still stood at the end. Milliseconds since the epoch. */
export type Alert = {
  readonly alarm: string;
  /** The value of the rule's dimension; `all` where it isn't split. */
  readonly of: string;
  readonly firedAt: number;
  readonly resolvedAt: number | null;
};

/** Runs at once: a month of one rule is a few thousand evaluations, each with a window of its own. */
const EVALUATIONS_AT_ONCE = 4_000;

/** The rule, evaluated with its frequency from `from` (excluded) to `to`, each time on what had arrived in its window. */
export async function watch(
  workspace: Workspace,
  rule: AlarmRule,
  from: number,
  to: number,
): Promise<readonly Alert[]> {
  const instants: number[] = [];
  for (let at = from + rule.frequency; at <= to; at += rule.frequency) instants.push(at);
  const failing = new Map<number, Set<string>>();
  for (let first = 0; first < instants.length; first += EVALUATIONS_AT_ONCE) {
    const some = instants.slice(first, first + EVALUATIONS_AT_ONCE);
    const results = await workspace.run(
      rule.query,
      some.map((at) => ({ at, from: at - rule.window })),
    );
    for (const { at, row } of results) {
      const names = failing.get(at) ?? new Set();
      failing.set(at, names.add(rule.dimension === null ? "all" : String(row[rule.dimension])));
    }
  }
  const names = new Set([...failing.values()].flatMap((each) => [...each]));
  return [...names].flatMap((of) =>
    alertsOf(
      rule,
      of,
      instants.map((at) => ({ at, isMet: failing.get(at)?.has(of) ?? false })),
    ),
  );
}

type Judged = { readonly at: number; readonly isMet: boolean };

/**
 * A stateful alert: fires when the condition is met, resolves when it wasn't for as many evaluations in a row as the
 * service asks for. https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-overview#stateful-alerts
 */
function alertsOf(rule: AlarmRule, of: string, judged: readonly Judged[]): readonly Alert[] {
  const alerts: Alert[] = [];
  let firedAt: number | null = null;
  let quiet = 0;
  for (const { at, isMet } of judged) {
    quiet = isMet ? 0 : quiet + 1;
    if (isMet) firedAt ??= at;
    if (firedAt === null || quiet < quietToResolve(rule.frequency)) continue;
    alerts.push({ alarm: rule.alarm, of, firedAt, resolvedAt: at });
    firedAt = null;
  }
  if (firedAt !== null) alerts.push({ alarm: rule.alarm, of, firedAt, resolvedAt: null });
  return alerts;
}

/** Three evaluations up to every 15 minutes, two up to every 11 hours: every frequency that our rules have. */
function quietToResolve(frequency: number): number {
  if (frequency >= 5 * MINUTE && frequency <= 15 * MINUTE) return 3;
  if (frequency > 15 * MINUTE && frequency <= 11 * HOUR) return 2;
  throw new Error(`No source says when an alert resolves that is evaluated every ${frequency} ms.`);
}
