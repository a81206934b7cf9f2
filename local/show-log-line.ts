import { formatBytes, formatSeconds, formatTime } from "./amounts.ts";

type Fields = Readonly<Record<string, unknown>>;

/** The steps of a backup, by the name of their log event; see `backup/model/events.ts`. */
const STEPS: Readonly<Record<string, (fields: Fields) => string>> = {
  "backup.started": (fields) => `the HSM has accepted the backup as job ${say(fields.jobId)}`,
  "backup.followed": describeLook,
  "backup.refused": (fields) =>
    `the start wasn't accepted: ${sentences(fields.message, fields.remedy)}${nextTry(fields)}`,
  "backup.succeeded": (fields) =>
    `verified: ${say(fields.blobCount)} blobs, ${amount(fields.bytes, formatBytes)}, in ${amount(fields.seconds, formatSeconds)}`,
  "backup.failed": (fields) => `failed: ${sentences(fields.message, fields.remedy)}`,
  "backup.canceled": (fields) => `canceled: ${sentences(fields.message, fields.remedy)}`,
  "backup.timedOut": (fields) => `timed out: ${sentences(fields.message, fields.remedy)}`,
  "backup.resumed": () => "no process took the next step in time; the timer takes it",
};

const ALARMING = new Set(["warning", "error", "critical"]);

/**
 * A line of the Functions host's log as a person reads it: the app's events in words, and whatever else warns. The
 * rest, and what isn't JSON, is undefined.
 */
export function describeLogLine(line: string): string | undefined {
  const fields = parseFields(line);
  if (fields === undefined) return undefined;
  const { event } = fields;
  const step = typeof event === "string" && Object.hasOwn(STEPS, event) ? STEPS[event] : undefined;
  if (step !== undefined) return `${who(fields)}${step(fields)}`;
  if (typeof fields.level !== "string" || !ALARMING.has(fields.level.toLowerCase())) return undefined;
  const name = typeof event === "string" ? `${event}: ` : "";
  const text = sentences(fields.message ?? fields.problem ?? fields.why, fields.remedy);
  return text === "" ? undefined : `${who(fields)}${name}${text}`;
}

function describeLook(fields: Fields): string {
  const next = formatTime(fields.nextAt);
  const again = next === "" ? "" : `, next look at ${next}`;
  if (typeof fields.message === "string") return `could not look: ${sentences(fields.message, fields.remedy)}${again}`;
  const doubt = typeof fields.doubt === "string" ? `, in doubt: ${fields.doubt}` : "";
  return `looked at the job: ${say(fields.state)}${doubt}${again}`;
}

function nextTry({ nextAt }: Fields): string {
  const next = formatTime(nextAt);
  return next === "" ? "" : ` (next try at ${next})`;
}

const who = ({ hsm }: Fields): string => (typeof hsm === "string" ? `${hsm}: ` : "");

const say = (value: unknown): string => (typeof value === "string" || typeof value === "number" ? String(value) : "?");

const amount = (value: unknown, format: (value: number) => string): string =>
  typeof value === "number" ? format(value) : "?";

const sentences = (...texts: readonly unknown[]): string =>
  texts.filter((text) => typeof text === "string" && text !== "").join(" Remedy: ");

function parseFields(line: string): Fields | undefined {
  try {
    const parsed: unknown = JSON.parse(line);
    if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) return undefined;
    return Object.fromEntries(Object.entries(parsed));
  } catch {
    return undefined;
  }
}
