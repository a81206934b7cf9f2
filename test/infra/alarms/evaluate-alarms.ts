import { SCHEMAS } from "../kql/schemas.ts";
import { openWorkspace, type Rows } from "../kql/workspace.ts";
import { alarmRules, type Installation } from "./alarm-rules.ts";
import { type Alert, watch } from "./watch.ts";

/** What arrived in the workspace, and from when (excluded) to when the rules are evaluated. Milliseconds since the epoch. */
export type Watched = { readonly rows: Rows; readonly from: number; readonly to: number };

/** Every alert of an installation's rules in the order of firing, as `alarm of: fired - resolved`. */
export async function evaluateAlarms(
  installation: Installation,
  { rows, from, to }: Watched,
): Promise<readonly string[]> {
  const workspace = await openWorkspace(SCHEMAS, asInWorkspace(rows));
  try {
    const alerts: Alert[] = [];
    for (const rule of alarmRules(installation)) alerts.push(...(await watch(workspace, rule, from, to)));
    return alerts.toSorted((a, b) => a.firedAt - b.firedAt || order(a).localeCompare(order(b))).map(lineOf);
  } finally {
    workspace.close();
  }
}

const order = ({ alarm, of }: Alert): string => `${alarm} ${of}`;

/** A workspace has these two tables from the start; those of the audit log appear with their first row. */
const asInWorkspace = (rows: Rows): Rows => ({
  AppTraces: [],
  StorageBlobLogs: [],
  ...Object.fromEntries(Object.entries(rows).filter(([, each]) => each.length > 0)),
});

const lineOf = ({ alarm, of, firedAt, resolvedAt }: Alert): string =>
  `${alarm} ${of}: ${day(firedAt)} - ${resolvedAt === null ? "still" : day(resolvedAt)}`;

/** `05 09:15`: the day of the month and the time, in UTC. */
const day = (at: number): string => new Date(at).toISOString().slice(8, 16).replace("T", " ");
