import { BadField, type Fields } from "../../backup/fields.ts";
import type { JobError, JobReport } from "../../backup/job-report.ts";
import { type Clean, LONGEST } from "../service-words.ts";
import type { HsmAnswer } from "./hsm-request.ts";
import { parseAnswer, parseError } from "./key-vault-error.ts";

const LONGEST_FOLDER_URL = 2_048;
const STATUS_PATH = /\/backup\/([^/?#\s]+)\/pending/;
// Anything printable, but no dot segments: those would lead the status URL elsewhere.
const JOB_ID = /^(?!\.{1,2}$)[^\s\p{C}]{1,200}$/u;

// Written in another letter case once; British spelling costs nothing.
const END_WORDS: ReadonlyMap<string, "Succeeded" | "Failed" | "Canceled"> = new Map([
  ["succeeded", "Succeeded"],
  ["failed", "Failed"],
  ["canceled", "Canceled"],
  ["cancelled", "Canceled"],
]);

export const isJobId = (text: string): boolean => JOB_ID.test(text);

/** The job that a start's answer names, in its body or else in the path of its `Azure-AsyncOperation`; null if neither. */
export function parseJobId({ body, asyncOperation }: HsmAnswer, clean: Clean): string | null {
  const isKept = (id: string): boolean => isJobId(id) && clean(id, id.length) === id;
  return [inBody(body, clean), inPath(asyncOperation)].find((id) => id !== undefined && isKept(id)) ?? null;
}

/**
 * How a job stands, from the 200 of its status. `statusDetails` is set on success too, so it counts only where a job ended
 * badly and says nothing else. @throws BadField for an answer that makes no sense, or is about another job
 */
export function parseJobReport({ body, retryAfter }: HsmAnswer, jobId: string, clean: Clean): JobReport {
  const fields = parseAnswer(body, clean);
  const told = fields.jobId;
  if (isPresent(told) && (typeof told !== "string" || !isSameJob(told, jobId))) {
    throw new BadField(
      "jobId",
      `the job that was asked for, ${jobId}`,
      typeof told === "string" ? clean(told, LONGEST.code) : told,
    );
  }
  const error = parseError(fields.error, clean);
  const word = statusWord(fields, error);
  const end = END_WORDS.get(word.toLowerCase());
  // An error inside a 200 is a failure, whatever the status beside it says: the official clients judge so too.
  if (error !== null || end === "Failed" || end === "Canceled") {
    const status = end === "Canceled" ? "Canceled" : "Failed";
    return { status, folderUrl: folderIfReadable(fields, clean), error: error ?? unexplained(fields, status, clean) };
  }
  const folderUrl = parseFolderUrl(fields, clean);
  if (end === "Succeeded") return { status: end, folderUrl };
  return { status: "running", word: clean(word, LONGEST.word), folderUrl, retryAfter };
}

function inBody(body: string, clean: Clean): string | undefined {
  try {
    const { jobId } = parseAnswer(body, clean);
    return typeof jobId === "string" ? jobId : undefined;
  } catch (thrown) {
    if (thrown instanceof BadField) return undefined;
    throw thrown;
  }
}

/** Only the path is looked at: the address was malformed in the wild, and isn't followed. */
function inPath(address: string | undefined): string | undefined {
  const encoded = STATUS_PATH.exec(address ?? "")?.[1];
  if (encoded === undefined) return undefined;
  try {
    return decodeURIComponent(encoded);
  } catch {
    return undefined;
  }
}

/** Ids are GUIDs, with or without hyphens, in either case. */
function isSameJob(told: string, asked: string): boolean {
  const bare = (id: string): string => id.replaceAll("-", "").toLowerCase();
  return bare(told) === bare(asked);
}

function statusWord(fields: Fields, error: JobError | null): string {
  const { status } = fields;
  if (typeof status === "string" && status.trim() !== "") return status.trim();
  if (error !== null && !isPresent(status)) return "";
  throw new BadField("status", "a word", status);
}

function unexplained(fields: Fields, status: string, clean: Clean): JobError {
  const { statusDetails } = fields;
  const details = typeof statusDetails === "string" ? clean(statusDetails, LONGEST.message) : "";
  return { code: status, message: details || `The HSM says ${status} and nothing else.`, inner: [] };
}

/** The folder's URL without user, query and fragment: a query could be a SAS. */
function parseFolderUrl(fields: Fields, clean: Clean): string | null {
  const field = "azureStorageBlobContainerUri";
  const value = fields[field];
  if (!isPresent(value)) return null;
  if (typeof value !== "string") throw new BadField(field, "a URL or null", value);
  if (value.length > LONGEST_FOLDER_URL) {
    throw new BadField(field, `a URL of at most ${LONGEST_FOLDER_URL} characters`, value.length);
  }
  const bare = value.replace(/[?#].*$/s, "").replace(/^(\w+:\/\/)[^/\\]*@/, "$1");
  return clean(bare, LONGEST_FOLDER_URL) || null;
}

/** The folder of a job that ended badly is only told: it must not keep the end from being known. */
function folderIfReadable(fields: Fields, clean: Clean): string | null {
  try {
    return parseFolderUrl(fields, clean);
  } catch (thrown) {
    if (thrown instanceof BadField) return null;
    throw thrown;
  }
}

const isPresent = (value: unknown): boolean => value !== undefined && value !== null;
