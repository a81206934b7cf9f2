import type { CallFailure } from "../../backup/model/call-failed.ts";
import type { JobError } from "../../backup/model/job-report.ts";

export type Verb = "start" | "look";

/** What becomes of a job; by default it takes its time, writes into the HSM's own folder, and succeeds. */
export type JobPlan = {
  /** Milliseconds. */
  readonly takes?: number;
  readonly end?: { readonly status: "Failed" | "Canceled"; readonly error: JobError };
  /** `empty`: nothing is written; `unnamed`: the HSM reports no folder; a URL: it reports this one and writes to its own. */
  readonly folder?: "empty" | "unnamed" | { readonly url: string };
  /** What it writes into its folder, by name. */
  readonly blobs?: ReadonlyMap<string, Uint8Array>;
  /** The HSM forgets it at once. */
  readonly isLost?: boolean;
};

export type FakeJob = {
  readonly id: string;
  /** The folder's name, below its container. */
  readonly folder: string;
  /** Null for a job that another tool started, which leads nowhere. */
  readonly containerUrl: string | null;
  plan: JobPlan;
  endsAt: Date;
  readonly startedAt: Date;
  isWritten: boolean;
};

/** How one answer is given: never, or only once `released` resolves. */
export type Manner = "drop" | { readonly done: () => void; readonly released: Promise<void> };

export type FakeHsmState = {
  readonly name: string;
  readonly jobs: FakeJob[];
  readonly plans: JobPlan[];
  readonly refusals: Readonly<Record<Verb, CallFailure[]>>;
  readonly manners: Readonly<Record<Verb, Manner[]>>;
  /** Whether an identity is attached that it can write with. */
  hasIdentity: boolean;
};

export const newState = (name: string): FakeHsmState => ({
  name,
  jobs: [],
  plans: [],
  refusals: { start: [], look: [] },
  manners: { start: [], look: [] },
  hasIdentity: true,
});

const YEAR_TO_HUNDREDTHS = 16;

export function addJob(
  state: FakeHsmState,
  containerUrl: string | null,
  plan: JobPlan,
  at: Date,
  takes: number,
): FakeJob {
  const digits = at.toISOString().replace(/\D/g, "").slice(0, YEAR_TO_HUNDREDTHS);
  const job: FakeJob = {
    id: `${state.name}${state.jobs.length + 1}`,
    folder: `mhsm-${state.name}-${digits}`,
    containerUrl,
    plan,
    startedAt: at,
    endsAt: new Date(at.getTime() + takes),
    isWritten: false,
  };
  state.jobs.push(job);
  return job;
}

export const isRunning = ({ endsAt }: FakeJob, now: Date): boolean => now < endsAt;

/** As the real HSM: no folder at first, then one whose name starts with a dot, and its own name at the end. */
export function folderUrlOf({ plan, containerUrl, folder, startedAt, endsAt }: FakeJob, now: Date): string | null {
  if (plan.folder === "unnamed" || containerUrl === null) return null;
  if (typeof plan.folder === "object") return plan.folder.url;
  if (now >= endsAt) return `${containerUrl}/${folder}`;
  const isFirstHalf = now.getTime() - startedAt.getTime() < endsAt.getTime() - now.getTime();
  return isFirstHalf ? null : `${containerUrl}/.${folder}`;
}
