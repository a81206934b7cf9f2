import { DAY, HOUR, MINUTE } from "../model/instant.ts";
import { isContainerName, makesValidContainers, parseServiceUrl } from "../model/names.ts";
import { quoted, redact, type Secret, secret } from "../model/secret.ts";
import type { Authentication, ParseSchedule, Schedule, SettingProblem, Settings } from "../model/settings.ts";
import { formatDuration, parseDuration } from "./duration.ts";
import { readHsms } from "./read-hsms.ts";

/** Every setting with its default. */
export const DEFAULTS = {
  BACKUP_HSM_URLS: "",
  BACKUP_STORAGE_URL: "",
  BACKUP_SCHEDULE: "0 0 2 * * *",
  BACKUP_CONTAINER_PREFIX: "mhsm-backup",
  BACKUP_LEDGER: "backup-runs",
  BACKUP_AUTHENTICATION: "sas",
  BACKUP_SAS_LIFETIME: "PT25H",
  /** `IDENTITY_API_VERSION` if HSMs write with their own identity. */
  BACKUP_HSM_API_VERSION: "7.4",
  BACKUP_DEADLINE: "PT6H",
  /** Off. */
  BACKUP_MAX_AGE: "",
  /** Off. */
  BACKUP_PING_URL: "",
} as const;
type Name = keyof typeof DEFAULTS;

export type Environment = Readonly<Record<string, string | undefined>>;

/** The settings, or why no backup can be made at all. Every problem is reported at once. */
export type ReadSettings =
  | { readonly outcome: "usable"; readonly settings: Settings }
  | { readonly outcome: "unusable"; readonly problems: readonly SettingProblem[] };

// A user delegation key, and so a SAS, lives for at most seven days, clock skew included.
const SHORTEST_SAS = HOUR;
const LONGEST_SAS = 6 * DAY;
const SHORTEST_DEADLINE = 10 * MINUTE;
// As long as the longest SAS allows.
const LONGEST_DEADLINE = LONGEST_SAS - MINUTE;
const SHORTEST_MAX_AGE = HOUR;
/**
 * The queue's name: at most 63 characters (https://learn.microsoft.com/rest/api/storageservices/naming-queues-and-
 * metadata).
 */
const QUEUE_ENDING = "-follow-ups";
const POISON_ENDING = "-poison";
/** The app's name outside Azure, where there is no site. */
const NO_SITE = "local";
// The form of https://github.com/Azure/azure-rest-api-specs, specification/keyvault. Which versions there are, the HSM knows.
const API_VERSION = /^(7\.[2-9](-preview(\.\d)?)?|20\d\d-\d\d-\d\d(-preview)?)$/;
const WITHOUT_IDENTITY = /^7\.[2-4](-|$)/;
/** The first version in which an HSM writes with its own identity. */
const IDENTITY_API_VERSION = "7.5";
const ANY_HSM = "hsm";

/**
 * Reads the settings from the environment. A setting that is wrong for one HSM, or that has a usable default, becomes a
 * problem. The settings are unusable only if no backup can be made at all: no HSM, storage, container, ledger or
 * schedule.
 */
export function readSettings(env: Environment, version: string, parseSchedule: ParseSchedule): ReadSettings {
  const problems: SettingProblem[] = unknownNames(env);
  const reject = (setting: Name, problem: string): undefined => void problems.push({ setting, problem });
  const textOf = (name: Name): string => env[name]?.trim() || DEFAULTS[name];

  const containerPrefix = readPrefix(textOf("BACKUP_CONTAINER_PREFIX"), reject);
  const read = readHsms(textOf("BACKUP_HSM_URLS"), containerPrefix ?? DEFAULTS.BACKUP_CONTAINER_PREFIX);
  problems.push(...read.problems);
  const ledger = readLedger(textOf("BACKUP_LEDGER"), reject);
  const storageUrl = readStorageUrl(textOf("BACKUP_STORAGE_URL"), reject);
  const schedule = readSchedule(textOf("BACKUP_SCHEDULE"), parseSchedule, reject);
  const authentication = readAuthentication(textOf("BACKUP_AUTHENTICATION"), reject);
  const sasLifetime = readDuration(env, "BACKUP_SAS_LIFETIME", { from: SHORTEST_SAS, to: LONGEST_SAS }, reject);
  const hsmApiVersion = readApiVersion(env, authentication, reject);
  const deadline = readDeadline(env, authentication, sasLifetime, reject);
  const maxAge = readMaxAge(env, reject);
  const pingUrl = readPingUrl(textOf("BACKUP_PING_URL"), reject);

  if (read.hsms.length === 0 || !storageUrl || !schedule || !containerPrefix || !authentication || !ledger) {
    return { outcome: "unusable", problems };
  }
  const app = env.WEBSITE_SITE_NAME?.trim() || NO_SITE;
  const { hsms } = read;
  const names = { app, version, hsms, storageUrl, schedule, containerPrefix, ledger };
  const settings = { ...names, authentication, sasLifetime, hsmApiVersion, deadline, maxAge, pingUrl, problems };
  return { outcome: "usable", settings };
}

type Reject = (setting: Name, problem: string) => undefined;

/** An unknown name is a typo or an incomplete deployment. */
function unknownNames(env: Environment): SettingProblem[] {
  const unknown = Object.keys(env).filter((name) => name.startsWith("BACKUP_") && !Object.hasOwn(DEFAULTS, name));
  const expected = `expected one of ${Object.keys(DEFAULTS).join(", ")}`;
  return unknown.toSorted().map((setting) => ({ setting, problem: `no such setting; ${expected}` }));
}

function readPrefix(text: string, reject: Reject): string | undefined {
  if (makesValidContainers(text, ANY_HSM)) return text;
  const expected =
    "expected lower-case letters, digits and single hyphens, short enough for a container name of at most 63 characters";
  return reject("BACKUP_CONTAINER_PREFIX", `${expected}, got ${quoted(text)}`);
}

function readStorageUrl(text: string, reject: Reject): string | undefined {
  const read = parseServiceUrl("blob", text);
  return "problem" in read ? reject("BACKUP_STORAGE_URL", read.problem) : read.url;
}

function readSchedule(text: string, parseSchedule: ParseSchedule, reject: Reject): Schedule | undefined {
  const read = parseSchedule(text);
  return "schedule" in read ? read.schedule : reject("BACKUP_SCHEDULE", redact(read.problem));
}

function readAuthentication(text: string, reject: Reject): Authentication | undefined {
  if (text === "sas" || text === "managedIdentity") return text;
  return reject("BACKUP_AUTHENTICATION", `expected sas or managedIdentity, got ${quoted(text)}`);
}

/** Falls back to the first version that works, so that backups are made while the problem is reported. */
function readApiVersion(env: Environment, authentication: Authentication | undefined, reject: Reject): string {
  const isByIdentity = authentication === "managedIdentity";
  const usual = isByIdentity ? IDENTITY_API_VERSION : DEFAULTS.BACKUP_HSM_API_VERSION;
  const text = env.BACKUP_HSM_API_VERSION?.trim() || usual;
  if (API_VERSION.test(text) && !(isByIdentity && WITHOUT_IDENTITY.test(text))) return text;
  const expected = isByIdentity
    ? `expected an api-version from ${IDENTITY_API_VERSION} on, as BACKUP_AUTHENTICATION=managedIdentity needs`
    : "expected an api-version from 7.2 on";
  reject("BACKUP_HSM_API_VERSION", `${expected}, got ${quoted(text)}; ${usual} is used`);
  return usual;
}

type DurationName = "BACKUP_SAS_LIFETIME" | "BACKUP_DEADLINE";

function readDuration(
  env: Environment,
  name: DurationName,
  limits: { from: number; to: number },
  reject: Reject,
): number {
  const usual = parseDuration(DEFAULTS[name]) ?? 0;
  const text = env[name]?.trim() || DEFAULTS[name];
  const read = parseDuration(text);
  if (read !== undefined && read >= limits.from && read <= limits.to) return read;
  const fallback = Math.min(usual, limits.to);
  const expected = `expected an ISO 8601 duration from ${formatDuration(limits.from)} to ${formatDuration(limits.to)}`;
  reject(name, `${expected}, got ${quoted(text)}; ${formatDuration(fallback)} is used`);
  return fallback;
}

/** A run must end before its SAS expires, if it has one. */
function readDeadline(
  env: Environment,
  authentication: Authentication | undefined,
  sasLifetime: number,
  reject: Reject,
): number {
  const to = authentication === "managedIdentity" ? LONGEST_DEADLINE : sasLifetime - MINUTE;
  return readDuration(env, "BACKUP_DEADLINE", { from: SHORTEST_DEADLINE, to }, reject);
}

/** Null: off. */
function readMaxAge(env: Environment, reject: Reject): number | null {
  const text = env.BACKUP_MAX_AGE?.trim() ?? "";
  if (text === "") return null;
  const read = parseDuration(text);
  if (read !== undefined && read >= SHORTEST_MAX_AGE) return read;
  reject("BACKUP_MAX_AGE", `expected an ISO 8601 duration from PT1H, got ${quoted(text)}; it is off`);
  return null;
}

/** Null: off. Nothing of the address is repeated: its path is what protects it. */
function readPingUrl(text: string, reject: Reject): Secret | null {
  if (text === "") return null;
  const url = URL.parse(text);
  if (url?.protocol === "https:" && url.username === "" && url.password === "") return secret(url.href);
  const got = url === null ? "a text that is not a URL" : "another address";
  reject("BACKUP_PING_URL", `expected an https address without user and password, got ${got}; it is off`);
  return null;
}

/** The queue of a ledger. */
export const followQueueOf = (ledger: string): string => `${ledger}${QUEUE_ENDING}`;

/** The queue to which the host moves a message that failed five times. */
export const poisonQueueOf = (ledger: string): string => `${followQueueOf(ledger)}${POISON_ENDING}`;

/** Names of queues follow the same rules as those of containers. */
function readLedger(text: string, reject: Reject): string | undefined {
  if (isContainerName(text) && isContainerName(poisonQueueOf(text))) return text;
  const longest = 63 - QUEUE_ENDING.length - POISON_ENDING.length;
  const expected = `expected a container's name of 3 to ${longest} lower-case letters, digits and single hyphens`;
  return reject("BACKUP_LEDGER", `${expected}, got ${quoted(text)}`);
}
