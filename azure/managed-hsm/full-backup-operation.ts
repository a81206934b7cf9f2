import { nullish, optional, unknown } from "valibot";
import * as field from "../../backup/model/fields.ts";
import type { JobReport } from "../../backup/model/job-report.ts";
import { JOB_ID } from "../../backup/model/names.ts";
import { redact } from "../../backup/model/secret.ts";
import { InvalidInput, kindOf, parseInput, parseJson } from "../../backup/model/validation.ts";
import { type Clean, LONGEST } from "../service-words.ts";
import { fieldOf, fieldsIn, type HsmAnswer } from "./hsm-request.ts";
import { parseError } from "./key-vault-error.ts";

const LONGEST_FOLDER_URL = 2_048;
const STATUS_PATH = /\/backup\/([^/?#\s]+)\/pending/;

const ENDS = ["Succeeded", "Failed", "Canceled"] as const;

/** `FullBackupOperation` of the REST reference. */
const operationShape = field.shape({
  status: nullish(field.text),
  statusDetails: optional(unknown()),
  jobId: nullish(field.text),
  azureStorageBlobContainerUri: optional(unknown()),
  startTime: optional(unknown()),
  endTime: optional(unknown()),
});

/** The job that a start's answer names, in its body or else in the path of its `Azure-AsyncOperation`; null if neither. */
export function parseJobId({ body, asyncOperation }: HsmAnswer): string | null {
  // Only the path is read: the address was malformed in the wild, and isn't followed.
  const inPath = STATUS_PATH.exec(asyncOperation ?? "")?.[1];
  const isSafe = (id: unknown): id is string => typeof id === "string" && JOB_ID.test(id);
  return [fieldsIn(body).jobId, inPath].find(isSafe) ?? null;
}

/**
 * The state of a job, from the 200 of its status. `statusDetails` is set on success too, so it counts only where a job
 * ended badly and says nothing else. @throws InvalidInput for an answer that makes no sense, or is about another job
 */
export function parseJobReport({ body, retryAfter }: HsmAnswer, jobId: string, clean: Clean): JobReport {
  const json = parseJson(body);
  if (json === undefined) throw new InvalidInput("the body is not valid JSON");
  const operation = parseInput(operationShape, json, "answer");
  if (typeof operation.jobId === "string" && !isSameJob(operation.jobId, jobId))
    throw new InvalidInput(`jobId: expected ${jobId}, got the id of another job`);
  const folderUrl = folderOf(operation.azureStorageBlobContainerUri);
  const given = fieldOf(operation, "error");
  const error = given == null ? null : parseError(given, clean);
  const word = operation.status?.trim() ?? "";
  const end = ENDS.find((each) => each.toLowerCase() === word.toLowerCase());
  // An error inside a 200 is a failure, whatever the status beside it says: the official clients judge so too.
  if (error !== null || end === "Failed" || end === "Canceled") {
    const status = end === "Canceled" ? end : "Failed";
    return {
      status,
      folderUrl,
      error: error ?? { code: status, message: wordsOf(operation, status, clean), inner: [] },
    };
  }
  if (end === "Succeeded") return { status: end, folderUrl, ...secondsOf(operation) };
  if (word === "") throw new InvalidInput(`status: expected a word, got ${kindOf(operation.status)}`);
  return { status: "running", folderUrl, retryAfter };
}

/** Ids are GUIDs, with or without hyphens, in either case. */
function isSameJob(one: string, other: string): boolean {
  const bare = (id: string): string => id.replaceAll("-", "").toLowerCase();
  return bare(one) === bare(other);
}

/** Both times are whole seconds since 1970; `endTime` is 0 or absent where the HSM doesn't know it. */
function secondsOf({ startTime, endTime }: { startTime?: unknown; endTime?: unknown }): { readonly seconds?: number } {
  const areTimes = Number.isSafeInteger(startTime) && Number.isSafeInteger(endTime);
  const seconds = areTimes ? Number(endTime) - Number(startTime) : -1;
  return seconds >= 0 ? { seconds } : {};
}

function wordsOf({ statusDetails }: { statusDetails?: unknown }, status: string, clean: Clean): string {
  const details = typeof statusDetails === "string" ? clean(statusDetails, LONGEST.message) : "";
  return details || `The HSM reports ${status} and nothing else.`;
}

/** The folder's URL without user, query and fragment: a query could be a SAS. What isn't a URL is no folder. */
function folderOf(value: unknown): string | null {
  if (typeof value !== "string" || value.length > LONGEST_FOLDER_URL) return null;
  const bare = value.replace(/[?#].*$/s, "").replace(/^(\w+:\/\/)[^/\\]*@/, "$1");
  return /^\S+$/.test(bare) ? redact(bare) : null;
}
