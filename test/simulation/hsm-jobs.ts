import type { BackupTarget } from "../../backup/deps.ts";
import type { Hsm } from "../../backup/hsm.ts";
import { MINUTE, SECOND } from "../../backup/instant.ts";
import type { StartedJob } from "../../backup/job-report.ts";
import type { FakeHsm } from "../fakes/fake-hsm.ts";
import type { JobPlan } from "../fakes/fake-hsm-state.ts";
import type { FaultKind, JobTruth } from "./facts.ts";
import type { PlannedFault } from "./fault-plan.ts";
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

type Blobs = ReadonlyMap<string, Uint8Array>;
type Job = {
  readonly id: string;
  readonly hsm: string;
  readonly target: BackupTarget;
  readonly blobs: Blobs;
  readonly fault: PlannedFault | undefined;
};
type Ending = { readonly truth: JobTruth; readonly plan: JobPlan };

export type HsmJobs = {
  readonly isBusy: (hsm: string) => boolean;
  /** Accepts a backup, whose `fault` decides how it ends. */
  readonly accept: (
    host: number,
    hsm: Hsm,
    target: BackupTarget,
    fault: PlannedFault | undefined,
  ) => Promise<StartedJob>;
  /** Another tool's backup, `ms` milliseconds long. */
  readonly acceptTools: (hsm: string, ms: number) => void;
  /** Whatever would never end, ends. */
  readonly endStuck: () => void;
};

const SALTS = { isLong: 21, time: 22, blobs: 23, size: 24, unwritable: 25, appears: 26, retryAfter: 27 } as const;
const LONG_SHARE = 0.15;
const LONGEST_JOB = 45 * MINUTE;
const USUAL_JOB = 10 * MINUTE;
const SHORTEST_JOB = 15 * SECOND;
const NEVER = 1_000 * MINUTE;
const RETRY_AFTER = 10 * SECOND;
const MOST_KEYS = 5;
const MOST_BYTES = 3_000;
const LONGEST_APPEARING = 45 * SECOND;

/** The jobs of all HSMs: what they write, when, and how they really end. */
export function makeJobs(stage: Stage, fake: FakeHsm, storage: SimulatedStorage, outages: Outages): HsmJobs {
  const { timeline, tell, faults } = stage;
  const running = new Map<string, { readonly id: string; readonly end: () => void; readonly isStuck: boolean }>();

  function drawBlobs(): Blobs {
    const keys = Math.floor(timeline.noise(SALTS.blobs) * MOST_KEYS);
    const size = (): number => 1 + Math.floor(timeline.noise(SALTS.size) * MOST_BYTES);
    const names = ["manifest.json", ...Array.from({ length: keys }, (_, key) => `keys/${key}.bin`)];
    return new Map(names.map((name) => [name, new Uint8Array(size())]));
  }

  function drawTime(): number {
    const isLong = faults.isOpen() && timeline.noise(SALTS.isLong) < LONG_SHARE;
    return SHORTEST_JOB + timeline.noise(SALTS.time) * (isLong ? LONGEST_JOB : USUAL_JOB);
  }

  function endingOf({ fault, target, blobs }: Job): Ending {
    const failed = (code: string): Ending => ({ truth: "Failed", plan: endPlan("Failed", code) });
    switch (fault?.kind) {
      case "jobLost":
        return { truth: "lost", plan: { isLost: true, folder: "empty" } };
      case "jobFails":
        return failed("StorageError");
      case "jobCanceled":
        return { truth: "Canceled", plan: endPlan("Canceled", "Canceled") };
      case "emptyFolder":
        // Half of the empty folders fill up after the HSM has said that all is done.
        if (fault.sizes[1] < 0.5) return { truth: "Succeeded", plan: { folder: "empty" } };
        return { truth: "SucceededEmpty", plan: { folder: fault.sizes[2] < 0.7 ? "empty" : "unnamed" } };
      case "foreignFolder":
        return {
          truth: "SucceededElsewhere",
          // Elsewhere indeed: an early look into its own container must not find what was never written there.
          plan: { folder: { url: foreignUrl(target.containerUrl, fault.sizes[1]) }, blobs: new Map() },
        };
      case "sasExpired":
        storage.revoke(target);
    }
    if (!storage.isGood(target)) return failed("AuthenticationFailed");
    if (!outages.isUp("backupStorage") && timeline.noise(SALTS.unwritable) < 0.5) return failed("StorageUnreachable");
    return { truth: "Succeeded", plan: { blobs } };
  }

  async function end(job: Job): Promise<void> {
    if (running.get(job.hsm)?.id !== job.id) return;
    running.delete(job.hsm);
    const { truth, plan } = endingOf(job);
    const folder = fake.at(job.hsm).endJob(job.id, plan)?.folder ?? "";
    await fake.writeOut(job.hsm);
    if (truth === "SucceededElsewhere") await writeElsewhere(job, plan);
    const written = truth === "Succeeded" || truth === "SucceededElsewhere" ? [...job.blobs] : [];
    const bytes = written.reduce((sum, [, { byteLength }]) => sum + byteLength, 0);
    const container = containerOf(job.target);
    tell({ kind: "jobEnded", hsm: job.hsm, jobId: job.id, truth, container, folder, blobCount: written.length, bytes });
    if (truth !== "Succeeded" || plan.folder !== "empty") return;
    timeline.after(timeline.noise(SALTS.appears) * LONGEST_APPEARING, () => {
      for (const [name, blob] of written) storage.put(job.target.containerUrl, `${folder}/${name}`, blob);
    });
  }

  /** What the foreign URL leads to is a backup indeed, of somebody else: so only its place can tell. */
  async function writeElsewhere({ target, blobs }: Job, { folder }: JobPlan): Promise<void> {
    if (typeof folder !== "object") return;
    const [{ origin, pathname }, own] = [new URL(folder.url), new URL(target.containerUrl)];
    const [, container = "", ...path] = pathname.split("/");
    if (origin !== own.origin || `/${container}` === own.pathname) return;
    for (const [name, blob] of blobs) await storage.putElsewhere(container, `${path.join("/")}/${name}`, blob);
  }

  return {
    isBusy: (hsm) => running.has(hsm),
    accept: async (host, hsm, target, fault) => {
      const isStuck = fault?.kind === "jobNeverEnds";
      const drawn = drawTime();
      const takes = fault?.kind === "jobLost" ? drawn * fault.sizes[1] : drawn;
      const blobs = drawBlobs();
      // The fake's own clock never ends it first: its end is an event of the world.
      fake.at(hsm.name).planNextJob({ takes: (isStuck ? NEVER : takes) + MINUTE, blobs });
      const { jobId } = await fake.startFullBackup(hsm, target);
      const job: Job = { id: jobId, hsm: hsm.name, target, blobs, fault };
      running.set(hsm.name, { id: jobId, end: () => void end(job), isStuck });
      tell({ kind: "jobAccepted", hsm: hsm.name, jobId, by: host, container: containerOf(target) });
      if (!isStuck) timeline.after(takes, () => void end(job));
      return { jobId, retryAfter: timeline.noise(SALTS.retryAfter) < 0.5 ? RETRY_AFTER : null };
    },
    acceptTools: (hsm, ms) => {
      fake.at(hsm).beBusy(ms + MINUTE);
      const jobId = fake.at(hsm).jobs().at(-1) ?? "";
      const endTools = (): void => {
        if (running.get(hsm)?.id !== jobId) return;
        running.delete(hsm);
        fake.at(hsm).endJob(jobId);
        tell({ kind: "jobEnded", hsm, jobId, truth: "Succeeded", container: null, folder: "", blobCount: 0, bytes: 0 });
      };
      running.set(hsm, { id: jobId, end: endTools, isStuck: true });
      tell({ kind: "jobAccepted", hsm, jobId, by: "tool", container: null });
      timeline.after(ms, endTools);
    },
    endStuck: () => {
      for (const { end: endNow, isStuck } of running.values()) if (isStuck) timeline.after(0, endNow);
    },
  };
}

const containerOf = ({ containerUrl }: BackupTarget): string => containerUrl.slice(containerUrl.lastIndexOf("/") + 1);

const endPlan = (status: "Failed" | "Canceled", code: string): JobPlan => ({
  end: { status, error: { code, message: "The backup was not made.", inner: [] } },
});
