import { readFileSync } from "node:fs";
import { DAY, HOUR, MINUTE } from "../durations.ts";

const FOLDER = new URL("../../../infra/alarms/", import.meta.url);

/** A log alert rule as `alarms.bicep` makes it. Times in milliseconds. */
export type AlarmRule = {
  readonly alarm: string;
  readonly query: string;
  readonly severity: number;
  readonly frequency: number;
  readonly window: number;
  /** The column that splits its alerts; null where one alert stands for all. */
  readonly dimension: string | null;
};

export type Installation = {
  readonly hsms: readonly string[];
  readonly account?: string;
  readonly prefix?: string;
  readonly deadManHours?: number;
  /** As the host's account was created. */
  readonly installedAt?: string;
};

/** As in alarms.bicep: a stateful rule gives no more alerts than that at once. */
export const MOST_ALERTS = 300;
export const DEAD_MEN: readonly string[] = ["audit-dead-man", "storage-dead-man"];
/** A rule reads no more than that; dead man alarms with as much are disabled. */
export const LONGEST_RANGE_HOURS = 48;

export type Definition = {
  readonly severity: number;
  readonly frequency: string;
  readonly window: string;
  readonly limit: number | null;
  readonly dimension: string;
};

/** What alarms.bicep reads from definitions.json, by alarm. */
export function readDefinitions(): ReadonlyMap<string, Definition> {
  const read: unknown = JSON.parse(readFileSync(new URL("definitions.json", FOLDER), "utf8"));
  return new Map(
    Object.entries(objectOf(read)).map(([alarm, definition]) => [alarm, toDefinition(objectOf(definition))]),
  );
}

export const readQuery = (alarm: string): string => readFileSync(new URL(`${alarm}.kql`, FOLDER), "utf8");

/** The enabled rules of an installation, with the same text put into the same places as alarms.bicep does. */
export function alarmRules({
  hsms,
  account = "backups",
  prefix = "mhsm-backup",
  deadManHours = 31,
  installedAt = "2026-01-01T00:00:00Z",
}: Installation): readonly AlarmRule[] {
  const isEnabled = (alarm: string) => !DEAD_MEN.includes(alarm) || deadManHours < LONGEST_RANGE_HOURS;
  const enabled = [...readDefinitions()].filter(([alarm]) => isEnabled(alarm));
  return enabled.map(([alarm, { severity, frequency, window, limit, dimension }]) => ({
    alarm,
    severity,
    query: readQuery(alarm)
      .replaceAll("'{HSMS}'", hsms.map((name) => `'${name.toLowerCase()}'`).join(", "))
      .replaceAll("{LIMIT}", String(DEAD_MEN.includes(alarm) ? deadManHours : (limit ?? 0)))
      .replaceAll("{ACCOUNT}", account)
      .replaceAll("{PREFIX}", prefix)
      .replaceAll("{INSTALLED}", installedAt),
    frequency: milliseconds(frequency),
    window: milliseconds(window),
    dimension: hsms.length > MOST_ALERTS ? null : dimension,
  }));
}

/** Of the durations that a rule may have: `PT15M`, `PT1H`, `P2D`. */
export function milliseconds(duration: string): number {
  const [, days, hours, minutes] = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?$/.exec(duration) ?? [];
  const sum = Number(days ?? 0) * DAY + Number(hours ?? 0) * HOUR + Number(minutes ?? 0) * MINUTE;
  if (sum === 0) throw new Error(`${duration} is no duration of a rule.`);
  return sum;
}

function toDefinition({
  severity,
  frequency,
  window,
  limit,
  dimension,
}: Readonly<Record<string, unknown>>): Definition {
  if (typeof severity !== "number" || typeof frequency !== "string" || typeof window !== "string")
    throw new Error("definitions.json: severity, frequency or window is missing.");
  if (typeof dimension !== "string" || !(limit === null || typeof limit === "number"))
    throw new Error("definitions.json: dimension or limit is missing.");
  return { severity, frequency, window, limit, dimension };
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) throw new Error("definitions.json: an object was expected.");
  return Object.fromEntries(Object.entries(value));
}
