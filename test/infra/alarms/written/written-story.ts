import { evaluateAlarms } from "../evaluate-alarms.ts";
import { type WrittenLog, writeLog } from "./written-log.ts";

/** What an installation logs, written down by the product's contract, and what its alarms make of it. */
export type WrittenStory = {
  readonly name: string;
  /** One sentence for the table. */
  readonly summary: string;
  readonly log: WrittenLog;
  /** The template's HSMs, where they aren't the log's. */
  readonly watched?: readonly string[];
  /** As the parameter of alarms.bicep. */
  readonly deadManHours?: number;
  /** When the template was deployed; the log's beginning by default. */
  readonly installedAt?: string;
  /** From when on the rules are evaluated; from the log's beginning by default. */
  readonly watchedFrom?: string;
  /** Every alert, and no other, in the order of firing: `alarm of: fired - resolved`. */
  readonly alerts: readonly string[];
};

/** The alerts of a story in the words of `alerts`. */
export function alertsOf({
  log,
  watched,
  deadManHours,
  installedAt,
  watchedFrom,
}: WrittenStory): Promise<readonly string[]> {
  const hsms = watched ?? log.hsms;
  const time = { from: Date.parse(watchedFrom ?? log.from), to: Date.parse(log.to) };
  return evaluateAlarms(
    { hsms, installedAt: installedAt ?? log.from, ...(deadManHours && { deadManHours }) },
    { rows: writeLog(log), ...time },
  );
}
