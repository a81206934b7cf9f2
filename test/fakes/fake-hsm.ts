import { CallFailed, type FailureReason } from "../../backup/model/call-failed.ts";
import { SECOND } from "../../backup/model/instant.ts";
import type { JobReport, StartedJob } from "../../backup/model/job-report.ts";
import type { BackupTarget, Ports } from "../../backup/ports.ts";
import { controlsOf, type FakeHsmControls } from "./fake-hsm-controls.ts";
import { addJob, type FakeHsmState, folderUrlOf, isRunning, newState, type Verb } from "./fake-hsm-state.ts";

export type FakeHsmOptions = {
  readonly now: () => Date;
  /** How long a job takes, in milliseconds of that clock. */
  readonly jobTime: number;
  /** Where a job writes. It does so when the HSM is asked for anything after the job's end. */
  readonly writeBlob: (containerUrl: string, name: string, bytes: Uint8Array) => Promise<void> | void;
};

export type FakeHsm = Pick<Ports, "startFullBackup" | "getBackupStatus"> & {
  /** The controls of one HSM, which is created when it is first addressed. */
  readonly at: (name: string) => FakeHsmControls;
  /** Makes the ended jobs of an HSM write their blobs, as the next look would. */
  readonly writeOut: (name: string) => Promise<void>;
};

const BLOBS = new Map([
  ["manifest.json", new TextEncoder().encode('{"blobs":1}')],
  ["keys/0001.bin", new Uint8Array(1_024).fill(0xa5)],
]);
const OPERATIONS: Readonly<Record<Verb, string>> = { start: "start a full backup", look: "look at a backup job" };

/** Managed HSMs in memory, each with one job at a time. Passes the contract suite of the real client. */
export function fakeHsm(options: FakeHsmOptions): FakeHsm {
  const states = new Map<string, FakeHsmState>();
  const stateOf = (name: string): FakeHsmState => {
    const state = states.get(name) ?? newState(name);
    states.set(name, state);
    return state;
  };
  return {
    at: (name) => controlsOf(stateOf(name), options.now),
    writeOut: (name) => writeEndedJobs(stateOf(name), options),
    startFullBackup: ({ name }, target) => serve(stateOf(name), "start", options, (hsm) => start(hsm, target, options)),
    getBackupStatus: ({ name }, jobId) => serve(stateOf(name), "look", options, (hsm) => look(hsm, jobId, options)),
  };
}

/** Refuses where a test wants it; else writes what is due, serves the request, and answers in the way a test wants. */
async function serve<T>(
  hsm: FakeHsmState,
  verb: Verb,
  options: FakeHsmOptions,
  perform: (hsm: FakeHsmState) => T,
): Promise<T> {
  const refusal = hsm.refusals[verb].shift();
  if (refusal !== undefined) throw new CallFailed(refusal);
  await writeEndedJobs(hsm, options);
  const value = perform(hsm);
  const manner = hsm.manners[verb].shift();
  if (manner === "drop") throw refused(hsm, verb, "noAnswer", null, "ECONNRESET");
  manner?.done();
  await manner?.released;
  return value;
}

function start(
  hsm: FakeHsmState,
  { authentication, containerUrl }: BackupTarget,
  { now, jobTime }: FakeHsmOptions,
): StartedJob {
  if (authentication === "managedIdentity" && !hsm.hasIdentity)
    throw refused(hsm, "start", "sasRefused", 400, "ManagedIdentityNotConfigured");
  if (hsm.jobs.some((job) => isRunning(job, now()))) throw refused(hsm, "start", "busy", 409, "Conflict");
  const plan = hsm.plans.shift() ?? {};
  return { jobId: addJob(hsm, containerUrl, plan, now(), plan.takes ?? jobTime).id, retryAfter: null };
}

function look(hsm: FakeHsmState, jobId: string, { now }: FakeHsmOptions): JobReport {
  const job = hsm.jobs.find(({ id, plan }) => id === jobId && !plan.isLost);
  if (job === undefined) throw refused(hsm, "look", "notFound", 404, "JobNotFound");
  const folderUrl = folderUrlOf(job, now());
  if (isRunning(job, now())) return { status: "running", folderUrl, retryAfter: null };
  const { end } = job.plan;
  const seconds = Math.round((job.endsAt.getTime() - job.startedAt.getTime()) / SECOND);
  return end === undefined ? { status: "Succeeded", folderUrl, seconds } : { ...end, folderUrl };
}

async function writeEndedJobs({ jobs }: FakeHsmState, { now, writeBlob }: FakeHsmOptions): Promise<void> {
  for (const job of jobs) {
    if (job.isWritten || isRunning(job, now())) continue;
    job.isWritten = true;
    if (job.containerUrl === null || job.plan.end !== undefined || job.plan.folder === "empty") continue;
    for (const [name, bytes] of job.plan.blobs ?? BLOBS)
      await writeBlob(job.containerUrl, `${job.folder}/${name}`, bytes);
  }
}

const refused = ({ name }: FakeHsmState, verb: Verb, reason: FailureReason, status: number | null, code: string) =>
  new CallFailed({ operation: OPERATIONS[verb], target: name, reason, status, code, remedy: "This HSM is a fake." });
