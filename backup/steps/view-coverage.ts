import { coverageOf, slotsBetween } from "../decide/coverage.ts";
import { readState } from "../ledger/ledger.ts";
import { listRecords } from "../ledger/records.ts";
import { DAY, instantOf, millis } from "../model/instant.ts";
import { isHsmName } from "../model/names.ts";
import type { CoverageAnswer } from "../model/views/coverage-view.ts";
import type { ListedRun } from "../model/views/listed-run.ts";
import type { Ports } from "../ports.ts";
import { activeOf, withActive } from "./find-runs.ts";

const MOST_SLOTS = 1_000;
const RECORDS_AT_ONCE = 5_000;

/** The slots of the last `days` days; `before`: only those older than this instant. */
export type WantedSlots = { readonly days: number; readonly before: Date | null };

/**
 * A page of an HSM's slots, newest first, with what became of each: the state and as many pages of the listing as the
 * oldest slot needs; no record is read. Undefined: an unknown HSM, without setting, state or record.
 */
export async function viewCoverage(
  ports: Ports,
  hsm: string,
  { days, before }: WantedSlots,
): Promise<CoverageAnswer | undefined> {
  if (!isHsmName(hsm)) return undefined;
  const { settings, intervals } = ports;
  const now = ports.now();
  const since = new Date(millis(now) - days * DAY);
  const until = before === null ? now : new Date(Math.min(millis(before) - 1, millis(now)));
  const { spans, hasMore } = slotsBetween(settings.schedule, { since, until, most: MOST_SLOTS });
  const oldest = spans.at(-1)?.slot ?? millis(now);
  // The state first: a run is released only after its record is written.
  const read = await readState(ports, hsm);
  const state = read.outcome === "state" ? read.state : null;
  const records = await recordsSince(ports, hsm, oldest);
  const isConfigured = settings.hsms.some(({ name }) => name === hsm);
  if (read.outcome === "gone" && !isConfigured && records.length === 0) return undefined;
  const active = state === null ? [] : activeOf(state);
  const slotTime = settings.deadline + intervals.overdueGrace;
  return {
    hsm,
    schedule: settings.schedule.text,
    days,
    now: instantOf(now),
    slots: coverageOf(spans, withActive(active, records), { now, firstSeenAt: state?.firstSeenAt ?? null, slotTime }),
    cursor: hasMore ? instantOf(new Date(oldest)) : null,
  };
}

/** The runs in the history, newest first, down to the first that was started before this instant. */
async function recordsSince(ports: Ports, hsm: string, oldest: number): Promise<readonly ListedRun[]> {
  const runs: ListedRun[] = [];
  let marker: string | undefined;
  do {
    const page = await listRecords(ports, hsm, marker, RECORDS_AT_ONCE);
    runs.push(...page.runs);
    marker = page.marker;
  } while (marker !== undefined && !runs.some(({ startedAt }) => startedAt !== null && millis(startedAt) < oldest));
  return runs;
}
