import { makesValidContainers } from "./container-name.ts";
import { formatDuration, parseDuration } from "./duration.ts";
import { describe } from "./fields.ts";
import { DAY, HOUR, MINUTE } from "./instant.ts";
import { isLoopback, readHsms } from "./read-hsms.ts";
import type { ParseSchedule, Schedule } from "./schedule.ts";
import { redact } from "./secret.ts";
import type { Authentication, SettingProblem, Settings } from "./settings.ts";

/** Every setting of the app, with what it is where it isn't set; some follow from others then. */
export const DEFAULTS = {
  BACKUP_HSM_URLS: "",
  BACKUP_STORAGE_URL: "",
  BACKUP_SCHEDULE: "0 0 2 * * *",
  BACKUP_CONTAINER_PREFIX: "mhsm-backup",
  BACKUP_AUTHENTICATION: "sas",
  BACKUP_SAS_LIFETIME: "PT25H",
  /** `IDENTITY_API_VERSION` where HSMs write with their own identity. */
  BACKUP_HSM_API_VERSION: "7.4",
  BACKUP_DEADLINE: "PT6H",
  /** Follows from the schedule and the deadline. */
  BACKUP_MAX_AGE: "",
} as const;
type Name = keyof typeof DEFAULTS;

export type Environment = Readonly<Record<string, string | undefined>>;

/** The settings, or why no backup could be made at all. Every problem is told at once. */
export type ReadSettings =
  | { readonly outcome: "usable"; readonly settings: Settings }
  | { readonly outcome: "unusable"; readonly problems: readonly SettingProblem[] };

// The HSM takes a SAS of at most the seven days that a user delegation key lives; a day is left for renewing the key.
const SHORTEST_SAS = HOUR;
const LONGEST_SAS = 6 * DAY;
const SHORTEST_DEADLINE = 10 * MINUTE;
// As long as the longest that a SAS allows.
const LONGEST_DEADLINE = LONGEST_SAS - MINUTE;
const MAX_AGE_SLACK = HOUR;
const API_VERSION = /^(7\.[2-9]|20\d\d-\d\d-\d\d(-preview)?)$/;
const WITHOUT_IDENTITY = /^7\.[2-4]$/;
/** The first version in which an HSM writes with its own identity. */
const IDENTITY_API_VERSION = "7.5";
const ANY_HSM = "hsm";
// https://learn.microsoft.com/azure/storage/common/storage-account-overview#storage-account-endpoints: public cloud, US
// government, China, and accounts with DNS zone endpoints. Whoever else got a token for storage could use it elsewhere.
const HOST =
  /^[a-z0-9]{3,24}\.(blob\.core\.(windows\.net|usgovcloudapi\.net|chinacloudapi\.cn)|z\d{2}\.blob\.storage\.azure\.net)$/;

/**
 * Reads the settings from the environment. What is wrong for one HSM, or has a usable default, becomes a problem of the
 * settings; only where no backup could be made at all (no HSM, storage, container or schedule) are they unusable.
 */
export function readSettings(env: Environment, parseSchedule: ParseSchedule): ReadSettings {
  const problems: SettingProblem[] = unknownNames(env);
  const told = (setting: Name, problem: string): undefined => void problems.push({ setting, problem });
  const textOf = (name: Name): string => env[name]?.trim() || DEFAULTS[name];

  const containerPrefix = readPrefix(textOf("BACKUP_CONTAINER_PREFIX"), told);
  const read = readHsms(textOf("BACKUP_HSM_URLS"), containerPrefix ?? DEFAULTS.BACKUP_CONTAINER_PREFIX);
  problems.push(...read.problems);
  const storageUrl = readStorageUrl(textOf("BACKUP_STORAGE_URL"), told);
  const schedule = readSchedule(textOf("BACKUP_SCHEDULE"), parseSchedule, told);
  const authentication = readAuthentication(textOf("BACKUP_AUTHENTICATION"), told);
  const sasLifetime = readDuration(env, "BACKUP_SAS_LIFETIME", { from: SHORTEST_SAS, to: LONGEST_SAS }, told);
  const hsmApiVersion = readApiVersion(env, authentication, told);
  const deadline = readDeadline(env, authentication, sasLifetime, told);
  const maxAge = readMaxAge(env, schedule, deadline, told);

  if (read.hsms.length === 0 || !storageUrl || !schedule || !containerPrefix || !authentication) {
    return { outcome: "unusable", problems };
  }
  const { hsms } = read;
  const usable = { hsms, storageUrl, schedule, containerPrefix, authentication, sasLifetime, hsmApiVersion, deadline };
  return { outcome: "usable", settings: { ...usable, maxAge, problems } };
}

type Tell = (setting: Name, problem: string) => undefined;

/** A name that nothing reads is a deployment half done, or a slip of the pen. */
function unknownNames(env: Environment): SettingProblem[] {
  const unknown = Object.keys(env).filter((name) => name.startsWith("BACKUP_") && !Object.hasOwn(DEFAULTS, name));
  const expected = `expected one of ${Object.keys(DEFAULTS).join(", ")}`;
  return unknown.toSorted().map((setting) => ({ setting, problem: `no such setting; ${expected}` }));
}

function readPrefix(text: string, told: Tell): string | undefined {
  if (makesValidContainers(text, ANY_HSM)) return text;
  const expected = "expected lower-case letters, digits and single hyphens that begin a container's name of at most 63";
  return told("BACKUP_CONTAINER_PREFIX", `${expected}, got ${describe(text)}`);
}

function readStorageUrl(text: string, told: Tell): string | undefined {
  const expected = "expected the blob service URL of an account, as https://{account}.blob.core.windows.net";
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) return told("BACKUP_STORAGE_URL", `${expected}, got ${text === "" ? "nothing" : "no URL"}`);
  // What follows another scheme isn't repeated: `user:password@host` reads as one.
  if (url.protocol !== "https:") return told("BACKUP_STORAGE_URL", `${expected}, got another scheme than https`);
  const seen = redact(`https://${url.host}${url.pathname}`);
  const hasMore = url.search !== "" || url.hash !== "" || url.username !== "" || url.password !== "";
  if (hasMore)
    return told("BACKUP_STORAGE_URL", `${expected} with no query (it may hold a SAS), got more after ${seen}`);
  // Azurite has the account's name in the path.
  const path = url.pathname.replace(/\/+$/, "");
  const isPathRight = isLoopback(url) ? /^(\/[a-z0-9]{3,24})?$/.test(path) : path === "";
  if (!isPathRight || !(isLoopback(url) || HOST.test(url.hostname)))
    return told("BACKUP_STORAGE_URL", `${expected}, got ${seen}`);
  return `${url.origin}${path}`;
}

function readSchedule(text: string, parseSchedule: ParseSchedule, told: Tell): Schedule | undefined {
  const read = parseSchedule(text);
  return "schedule" in read ? read.schedule : told("BACKUP_SCHEDULE", redact(read.problem));
}

function readAuthentication(text: string, told: Tell): Authentication | undefined {
  if (text === "sas" || text === "managedIdentity") return text;
  return told("BACKUP_AUTHENTICATION", `expected sas or managedIdentity, got ${describe(text)}`);
}

/** A version that can't do what is asked gives way to the first that can, so that backups are made while it is told. */
function readApiVersion(env: Environment, authentication: Authentication | undefined, told: Tell): string {
  const isByIdentity = authentication === "managedIdentity";
  const usual = isByIdentity ? IDENTITY_API_VERSION : DEFAULTS.BACKUP_HSM_API_VERSION;
  const text = env.BACKUP_HSM_API_VERSION?.trim() || usual;
  if (API_VERSION.test(text) && !(isByIdentity && WITHOUT_IDENTITY.test(text))) return text;
  const expected = isByIdentity
    ? `expected an api-version from ${IDENTITY_API_VERSION} on, as BACKUP_AUTHENTICATION=managedIdentity needs`
    : "expected an api-version from 7.2 on";
  told("BACKUP_HSM_API_VERSION", `${expected}, got ${describe(text)}; ${usual} is used`);
  return usual;
}

type DurationName = "BACKUP_SAS_LIFETIME" | "BACKUP_DEADLINE";

function readDuration(env: Environment, name: DurationName, limits: { from: number; to: number }, told: Tell): number {
  const usual = parseDuration(DEFAULTS[name]) ?? 0;
  const text = env[name]?.trim() || DEFAULTS[name];
  const read = parseDuration(text);
  if (read !== undefined && read >= limits.from && read <= limits.to) return read;
  const fallback = Math.min(usual, limits.to);
  const expected = `expected an ISO 8601 duration from ${formatDuration(limits.from)} to ${formatDuration(limits.to)}`;
  told(name, `${expected}, got ${describe(text)}; ${formatDuration(fallback)} is used`);
  return fallback;
}

/** A run must end before its SAS does, where it has one. */
function readDeadline(
  env: Environment,
  authentication: Authentication | undefined,
  sasLifetime: number,
  told: Tell,
): number {
  const to = authentication === "managedIdentity" ? LONGEST_DEADLINE : sasLifetime - MINUTE;
  return readDuration(env, "BACKUP_DEADLINE", { from: SHORTEST_DEADLINE, to }, told);
}

/** An HSM is overdue when a slot's backup isn't there after all the time that its run may take. */
function readMaxAge(env: Environment, schedule: Schedule | undefined, deadline: number, told: Tell): number {
  const gap = schedule?.longestGap ?? DAY;
  const usual = gap + deadline + MAX_AGE_SLACK;
  const text = env.BACKUP_MAX_AGE?.trim() ?? "";
  const read = text === "" ? usual : parseDuration(text);
  if (read !== undefined && read >= gap) return read;
  const expected = `expected an ISO 8601 duration not shorter than the schedule's longest gap, ${formatDuration(gap)}`;
  told("BACKUP_MAX_AGE", `${expected}, got ${describe(text)}; ${formatDuration(usual)} is used`);
  return usual;
}
