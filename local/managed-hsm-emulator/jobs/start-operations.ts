import { takeJobFaults } from "../faults/fault-script.ts";
import type { Emulator, Hsm } from "../hsm.ts";
import { BACKUP_PERMISSIONS, RESTORE_PERMISSIONS } from "../storage/sas.ts";
import { folderOfUrl, moveContainer } from "../storage/storage-address.ts";
import { openStorage } from "../storage/storage-parameters.ts";
import type { Answer, Request } from "../wire/answer.ts";
import { parseFields, requiredString } from "../wire/fields.ts";
import { badParameter } from "../wire/key-vault-error.ts";
import type { JobStart } from "../wire/operations.ts";
import { makeBackupWork } from "./backup-job.ts";
import type { Job } from "./job.ts";
import { answerStarted } from "./job-answer.ts";
import { makeRestoreWork, type RestoreUse, replaceAllKeys, replaceOneKey } from "./restore-job.ts";
import { type JobWork, refuseWhileBusy, startJob } from "./run-job.ts";

export type Started = { readonly job: Job; readonly answer: Answer };
type StartRequest = Request & { readonly kind: JobStart };
type StartHandler = (emulator: Emulator, hsm: Hsm, request: StartRequest) => Promise<Started>;

const LONGEST_CHECK_SECONDS = 1;
const FOLDER_PATH = /^[^/\\]+(\/[^/\\]+)*$/;

/** One handler for each operation that starts a job. */
export const START_OPERATIONS: Readonly<Record<JobStart, StartHandler>> = {
  backup: async (emulator, hsm, request) => {
    refuseWhileBusy(hsm);
    const storage = await openStorage(emulator, hsm, request.body, "", request.version, BACKUP_PERMISSIONS);
    const makeWork = (writesNothing: boolean): JobWork => makeBackupWork(hsm, storage, emulator.now(), writesNothing);
    return start(emulator, hsm, request, emulator.uploadSeconds, makeWork);
  },

  prebackup: async (emulator, hsm, request) => {
    refuseWhileBusy(hsm);
    if (namesStorage(request.body ?? {})) {
      await openStorage(emulator, hsm, request.body, "", request.version, BACKUP_PERMISSIONS);
    }
    return start(emulator, hsm, request, checkSeconds(emulator), () => async () => undefined);
  },

  restore: (emulator, hsm, request) =>
    startRestore(emulator, hsm, request, "folderToRestore", emulator.uploadSeconds, replaceAllKeys(hsm)),

  keyRestore: (emulator, hsm, request) =>
    startRestore(emulator, hsm, request, "folder", emulator.uploadSeconds, replaceOneKey(hsm, request.route.name)),

  prerestore: async (emulator, hsm, request) => {
    refuseWhileBusy(hsm);
    const { sasTokenParameters } = parseFields(request.body ?? {});
    if (!namesStorage(sasTokenParameters ?? {}, "sasTokenParameters."))
      return start(emulator, hsm, request, checkSeconds(emulator), () => async () => undefined);
    return startRestore(emulator, hsm, request, "folderToRestore", checkSeconds(emulator), () => undefined);
  },
};

async function startRestore(
  emulator: Emulator,
  hsm: Hsm,
  request: StartRequest,
  folderField: string,
  seconds: number,
  use: RestoreUse,
): Promise<Started> {
  refuseWhileBusy(hsm);
  const fields = parseFields(request.body);
  const { sasTokenParameters } = fields;
  const named = requiredString(fields, folderField);
  const folder = request.kind === "prerestore" ? folderOfUrl(sasTokenParameters, named) : named;
  const place = moveContainer(sasTokenParameters, checkFolder(folder, folderField));
  const { version } = request;
  const storage = await openStorage(emulator, hsm, place.storage, "sasTokenParameters.", version, RESTORE_PERMISSIONS);
  return start(emulator, hsm, request, seconds, () => makeRestoreWork(hsm, storage, place.folder, use));
}

function start(
  emulator: Emulator,
  hsm: Hsm,
  request: StartRequest,
  seconds: number,
  makeWork: (writesNothing: boolean) => JobWork,
): Started {
  // Nothing is awaited from here on: of two concurrent starts, the second finds the job of the first.
  refuseWhileBusy(hsm);
  const faults = takeJobFaults(hsm.script, request.kind);
  const job = startJob(emulator, hsm, request.kind, seconds, faults, makeWork(faults.writesNothing === true));
  return { job, answer: answerStarted(request.base, job, faults.seconds ?? seconds) };
}

function checkFolder(given: string, name: string): string {
  const folder = given.replace(/^\/+|\/+$/g, "");
  const isRelative = folder.split("/").some((part) => part === "." || part === "..");
  if (!FOLDER_PATH.test(folder) || isRelative)
    throw badParameter(`${name}: expected the name of a folder in the container.`);
  return folder;
}

const checkSeconds = (emulator: Emulator): number => Math.min(LONGEST_CHECK_SECONDS, emulator.uploadSeconds);

/** Every field of a check is optional: without a storage and a right to use it, only the HSM itself is checked. */
function namesStorage(value: unknown, where = ""): boolean {
  const { storageResourceUri, token, useManagedIdentity } = parseFields(value, where);
  return isGiven(storageResourceUri) && (isGiven(token) || useManagedIdentity === true);
}

const isGiven = (value: unknown): boolean => value !== undefined && value !== null;
