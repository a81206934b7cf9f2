import { MINUTE, SECOND } from "../../../backup/model/instant.ts";
import type { JobReport, StartedJob } from "../../../backup/model/job-report.ts";
import type { BackupTarget } from "../../../backup/ports.ts";
import type { JobTruth } from "../facts.ts";
import type { FaultKind } from "../faults/fault-kinds.ts";
import type { PlannedFault } from "../faults/fault-plan.ts";
import { foreignUrl } from "./foreign-url.ts";
import type { Outages } from "./outages.ts";
import type { SimulatedStorage } from "./simulated-storage.ts";
import type { Stage } from "./stage.ts";

/** What happens to a job of ours that was accepted. */
export const JOB_KINDS: ReadonlySet<FaultKind> = new Set<FaultKind>([
  "jobLost",
  "jobFails",
  "jobCanceled",
  "jobNeverEnds",
  "emptyFolder",
  "foreignFolder",
  "sasExpired",
]);

/** What a look is answered: a report, that the job is unknown, or HTTP 400, as older services answer for a failed job. */
export type Look = JobReport | "unknown" | "badRequest";

type Job = {
  readonly id: string;
  readonly hsm: string;
  /** Null for another tool's. */
  readonly target: BackupTarget | null;
  readonly folder: string;
  readonly startedAt: number;
  /** When it would end. */
  readonly endsAt: number;
  readonly isStuck: boolean;
  readonly fault: PlannedFault | undefined;
  ended: Look | undefined;
};

export type HsmJobs = {
  readonly isBusy: (hsm: string) => boolean;
  /** Accepts a backup, whose `fault` decides how it ends. */
  readonly accept: (host: number, hsm: string, target: BackupTarget, fault: PlannedFault | undefined) => StartedJob;
  /** Another tool's backup, `ms` milliseconds long. */
  readonly acceptTools: (hsm: string, ms: number) => void;
  readonly look: (hsm: string, jobId: string) => Look;
  /** Ends whatever would never end. */
  readonly endStuck: () => void;
};

const SALTS = {
  isLong: 21,
  time: 22,
  blobs: 23,
  size: 24,
  unwritable: 25,
  appears: 26,
  retryAfter: 27,
  saysSeconds: 28,
} as const;
const LONG_SHARE = 0.15;
const LONGEST_JOB = 45 * MINUTE;
const USUAL_JOB = 10 * MINUTE;
const SHORTEST_JOB = 15 * SECOND;
const NEVER = 1_000 * MINUTE;
const RETRY_AFTER = 10 * SECOND;
const MOST_KEYS = 5;
const MOST_BYTES = 3_000;
const LONGEST_APPEARING = 45 * SECOND;

type Ending = { readonly truth: JobTruth; readonly look: Look; readonly writes: boolean };

/** The jobs of all HSMs: what they write, when, and how they really end. */
export function makeJobs(stage: Stage, storage: SimulatedStorage, outages: Outages): HsmJobs {
  const { timeline, emit, faults } = stage;
  const jobs = new Map<string, Job>();
  const running = new Map<string, Job>();

  function drawTime(): number {
    const isLong = faults.isOpen() && timeline.noise(SALTS.isLong) < LONG_SHARE;
    return SHORTEST_JOB + timeline.noise(SALTS.time) * (isLong ? LONGEST_JOB : USUAL_JOB);
  }

  function endingOf({ fault, folder, startedAt }: Job, target: BackupTarget): Ending {
    const folderUrl = `${target.containerUrl}/${folder}`;
    const failed = (code: string): Ending => ({ truth: "Failed", look: unsuccessful("Failed", code), writes: false });
    switch (fault?.kind) {
      case "jobLost":
        return { truth: "lost", look: "unknown", writes: false };
      case "jobFails":
        return fault.sizes[1] < 0.3 ? { truth: "Failed", look: "badRequest", writes: false } : failed("StorageError");
      case "jobCanceled":
        return { truth: "Canceled", look: unsuccessful("Canceled", "Canceled"), writes: false };
      case "emptyFolder": {
        // Half of the empty folders fill up after the HSM has said that all is done.
        if (fault.sizes[1] < 0.5)
          return { truth: "Succeeded", look: { status: "Succeeded", folderUrl }, writes: false };
        const named = fault.sizes[2] < 0.7 ? folderUrl : null;
        return { truth: "SucceededEmpty", look: { status: "Succeeded", folderUrl: named }, writes: false };
      }
      case "foreignFolder": {
        const url = foreignUrl(target.containerUrl, fault.sizes[1]);
        return { truth: "SucceededElsewhere", look: { status: "Succeeded", folderUrl: url }, writes: false };
      }
      case "sasExpired":
        storage.revoke(target);
    }
    if (!storage.isGood(target)) return failed("AuthenticationFailed");
    if (!outages.isUp("backupStorage") && timeline.noise(SALTS.unwritable) < 0.5) return failed("StorageUnreachable");
    // Some HSMs say how long the job took, by a clock of their own.
    const seconds = Math.round((timeline.now() - startedAt) / SECOND);
    const said = timeline.noise(SALTS.saysSeconds) < 0.5 ? { seconds } : {};
    return { truth: "Succeeded", look: { status: "Succeeded", folderUrl, ...said }, writes: true };
  }

  function end(job: Job): void {
    if (running.get(job.hsm) !== job) return;
    running.delete(job.hsm);
    const { id: jobId, hsm, target, folder } = job;
    const { truth, look, writes } = target === null ? TOOLS_END : endingOf(job, target);
    job.ended = look;
    const sizes = truth === "Succeeded" || truth === "SucceededElsewhere" ? drawSizes() : [];
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    const containerUrl = target?.containerUrl ?? null;
    const put = (at: string): void =>
      sizes.forEach((size, key) => void storage.put(...placeOf(at, `${key}.bin`), size));
    emit({ kind: "jobEnded", hsm, jobId, truth, containerUrl, folder, blobCount: sizes.length, bytes });
    // A foreign URL leads to a real backup of another owner: only its address shows that it isn't this run's.
    if (truth === "SucceededElsewhere" && typeof look === "object" && look.folderUrl !== null) put(look.folderUrl);
    if (truth !== "Succeeded" || containerUrl === null) return;
    if (writes) put(`${containerUrl}/${folder}`);
    else timeline.after(timeline.noise(SALTS.appears) * LONGEST_APPEARING, () => put(`${containerUrl}/${folder}`));
  }

  function drawSizes(): readonly number[] {
    const keys = 1 + Math.floor(timeline.noise(SALTS.blobs) * MOST_KEYS);
    return Array.from({ length: keys }, () => 1 + Math.floor(timeline.noise(SALTS.size) * MOST_BYTES));
  }

  function begin(hsm: string, target: BackupTarget | null, takes: number, fault: PlannedFault | undefined): Job {
    const startedAt = timeline.now();
    const isStuck = target === null || fault?.kind === "jobNeverEnds";
    const id = `${hsm}${jobs.size + 1}`;
    const folder = `mhsm-${hsm}-${new Date(startedAt).toISOString().replace(/\D/g, "").slice(0, 16)}`;
    const endsAt = startedAt + (fault?.kind === "jobNeverEnds" ? NEVER : takes);
    const job: Job = { id, hsm, target, folder, startedAt, endsAt, isStuck, fault, ended: undefined };
    jobs.set(id, job);
    running.set(hsm, job);
    timeline.at(endsAt, () => end(job));
    return job;
  }

  return {
    isBusy: (hsm) => running.has(hsm),
    accept: (host, hsm, target, fault) => {
      const drawn = drawTime();
      const { id: jobId } = begin(hsm, target, fault?.kind === "jobLost" ? drawn * fault.sizes[1] : drawn, fault);
      emit({ kind: "jobAccepted", hsm, jobId, by: host, containerUrl: target.containerUrl });
      return { jobId, retryAfter: timeline.noise(SALTS.retryAfter) < 0.5 ? RETRY_AFTER : null };
    },
    acceptTools: (hsm, ms) => {
      const { id: jobId } = begin(hsm, null, ms, undefined);
      emit({ kind: "jobAccepted", hsm, jobId, by: "tool", containerUrl: null });
    },
    look: (hsm, jobId) => {
      const job = jobs.get(jobId);
      if (job === undefined || job.hsm !== hsm) return "unknown";
      return (
        job.ended ?? {
          status: "running",
          folderUrl: folderSoFar(job, timeline.now()),
          retryAfter: null,
        }
      );
    },
    endStuck: () => {
      for (const job of running.values()) if (job.isStuck) timeline.after(0, () => end(job));
    },
  };
}

const TOOLS_END: Ending = { truth: "Succeeded", look: { status: "Succeeded", folderUrl: null }, writes: false };

/** As the real HSM: no folder at first, then one whose name starts with a dot. */
function folderSoFar({ target, folder, startedAt, endsAt }: Job, now: number): string | null {
  return target === null || now - startedAt < endsAt - now ? null : `${target.containerUrl}/.${folder}`;
}

/** The URL of the container, and the blob's name in it. */
function placeOf(folderUrl: string, name: string): [string, string] {
  const { origin, pathname } = new URL(folderUrl);
  const [, container = "", ...path] = pathname.split("/");
  return [`${origin}/${container}`, [...path, name].join("/")];
}

const unsuccessful = (status: "Failed" | "Canceled", code: string): JobReport => ({
  status,
  folderUrl: null,
  error: { code, message: "The backup was not made.", inner: [] },
});
