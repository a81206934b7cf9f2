import { describe, expect, test } from "vitest";
import type { CallFailure } from "../../backup/model/call-failed.ts";
import { secret } from "../../backup/model/secret.ts";
import type { Authentication } from "../../backup/model/settings.ts";
import type { BackupTarget } from "../../backup/ports.ts";
import { errorOfCall } from "../contract/failed-call.ts";
import { managedHsmContract } from "../contract/managed-hsm.contract.ts";
import { FOREIGN_FOLDER, type NextJob, type StartedHsms } from "../contract/started-hsms.ts";
import { fakeHsm } from "./fake-hsm.ts";
import type { JobPlan } from "./fake-hsm-state.ts";

const JOB_TIME = 1_000;
const FOR_EVER = 1e12;
const contoso = { name: "contoso", url: "https://contoso.managedhsm.azure.net" };
const fabrikam = { name: "fabrikam", url: "https://fabrikam.managedhsm.azure.net" };
const STATUS = { denied: 403, sasRefused: 400, busy: 409, rejected: 400, noAnswer: null } as const;

const canceled = { code: "Canceled", message: "Stopped.", inner: [] };
const PLANS: Readonly<Record<NextJob, JobPlan>> = {
  fails: { end: { status: "Failed", error: { code: "StorageError", message: "Full.", inner: [] } } },
  isCanceled: { end: { status: "Canceled", error: canceled } },
  runsOn: { takes: FOR_EVER },
  writesNothing: { folder: "empty" },
  namesNoFolder: { folder: "unnamed" },
  namesForeignFolder: { folder: { url: FOREIGN_FOLDER } },
  isLost: { isLost: true },
};

function makeWorld() {
  let time = Date.parse("2026-11-23T02:00:00Z");
  let containers = 0;
  const blobs: string[] = [];
  const fake = fakeHsm({
    now: () => new Date(time),
    jobTime: JOB_TIME,
    writeBlob: (containerUrl, name) => void blobs.push(`${containerUrl}/${name}`),
  });
  const pass = (ms: number): void => {
    time += ms;
  };
  const newTarget = (authentication: Authentication = "sas"): BackupTarget => {
    containers += 1;
    const containerUrl = `https://backups.blob.core.windows.net/c${containers}`;
    return authentication === "sas"
      ? { authentication, containerUrl, sas: secret("sig=x") }
      : { authentication, containerUrl };
  };
  return { ...fake, blobs, pass, newTarget };
}

const failure = (reason: keyof typeof STATUS): CallFailure => ({
  operation: "start a full backup",
  target: "contoso",
  reason,
  status: STATUS[reason],
  code: "Refused",
  remedy: "None.",
});

async function startWorld(): Promise<StartedHsms> {
  const { startFullBackup, getBackupStatus, at, blobs, pass, newTarget } = makeWorld();
  return {
    startFullBackup,
    getBackupStatus,
    hsms: { contoso, fabrikam },
    newTarget: async (authentication) => newTarget(authentication),
    countBlobs: async ({ containerUrl }, folderUrl) =>
      folderUrl.startsWith(`${containerUrl}/`) ? blobs.filter((each) => each.startsWith(`${folderUrl}/`)).length : null,
    planNextJob: async ({ name }, next) => at(name).planNextJob(PLANS[next]),
    refuseNextStart: async ({ name }, reason) => at(name).refuseNext("start", failure(reason)),
    dropNextStartAnswer: async ({ name }) => at(name).dropNextAnswer("start"),
    startElsewhere: async ({ name }) => at(name).beBusy(FOR_EVER),
    endJobs: async ({ name }) => at(name).endJobs(),
    jobsKnown: async ({ name }) => at(name).jobs(),
    detachIdentity: async ({ name }) => at(name).detachIdentity(),
    attachIdentity: async ({ name }) => at(name).attachIdentity(),
    passTime: async () => pass(JOB_TIME / 4),
    close: async () => undefined,
  };
}

managedHsmContract("the fake, given a SAS,", "sas", startWorld);
managedHsmContract("the fake, by its own identity,", "managedIdentity", startWorld);

describe("the fake, besides,", () => {
  test("names no folder at first, then one with a dot, and its own when the job's time is over", async () => {
    const { startFullBackup, getBackupStatus, pass, newTarget, blobs } = makeWorld();
    const { jobId } = await startFullBackup(contoso, newTarget());
    const folders: (string | null)[] = [];
    for (const _look of [1, 2, 3]) {
      folders.push((await getBackupStatus(contoso, jobId)).folderUrl);
      pass(JOB_TIME / 2);
    }
    const folder = "mhsm-contoso-2026112302000000";
    const container = "https://backups.blob.core.windows.net/c1";
    expect(folders).toEqual([null, `${container}/.${folder}`, `${container}/${folder}`]);
    expect(blobs).toEqual([`${container}/${folder}/manifest.json`, `${container}/${folder}/keys/0001.bin`]);
  });

  test("holds an answer back until it is released, when all is done", async () => {
    const { startFullBackup, at, newTarget } = makeWorld();
    const held = at("contoso").holdNextAnswer("start");
    const order: string[] = [];
    const answered = startFullBackup(contoso, newTarget()).then(() => order.push("answered"));
    await held.done;
    expect(at("contoso").jobs()).toHaveLength(1);
    order.push("released");
    held.release();
    await answered;
    expect(order).toEqual(["released", "answered"]);
  });

  test("refuses with the very failure it was given, once", async () => {
    const { getBackupStatus, startFullBackup, at, newTarget } = makeWorld();
    const { jobId } = await startFullBackup(contoso, newTarget());
    at("contoso").refuseNext("look", failure("denied"));
    expect((await errorOfCall(getBackupStatus(contoso, jobId))).failure).toEqual(failure("denied"));
    expect((await getBackupStatus(contoso, jobId)).status).toBe("running");
  });

  test("fails a job, empties its folder or forgets it where the controls say so", async () => {
    const { startFullBackup, getBackupStatus, at, pass, newTarget, blobs } = makeWorld();
    const controls = at("contoso");
    controls.failNextJob("StorageError", "Full.");
    const failed = await startFullBackup(contoso, newTarget());
    pass(JOB_TIME);
    expect(await getBackupStatus(contoso, failed.jobId)).toMatchObject({
      status: "Failed",
      error: { message: "Full." },
    });
    controls.emptyNextFolder();
    const empty = await startFullBackup(contoso, newTarget());
    pass(JOB_TIME);
    expect(await getBackupStatus(contoso, empty.jobId)).toMatchObject({ status: "Succeeded" });
    expect(blobs).toEqual([]);
    controls.loseJob(empty.jobId);
    expect((await errorOfCall(getBackupStatus(contoso, empty.jobId))).failure.reason).toBe("notFound");
    expect(controls.jobs()).toEqual([failed.jobId]);
  });
});
