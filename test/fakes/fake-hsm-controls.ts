import type { CallFailure } from "../../backup/model/call-failed.ts";
import { addJob, type FakeHsmState, type FakeJob, isRunning, type JobPlan, type Verb } from "./fake-hsm-state.ts";

export type HeldAnswer = {
  /** Resolves when what was asked has been done, and only its answer is held back. */
  readonly done: Promise<void>;
  readonly release: () => void;
};

/** What a test makes one HSM do. What is `next` is taken once, in the order in which it was said. */
export type FakeHsmControls = {
  /** The next start or look is refused, and nothing is done. */
  readonly refuseNext: (verb: Verb, failure: CallFailure) => void;
  /** What becomes of the next job that is started. */
  readonly planNextJob: (plan: JobPlan) => void;
  readonly failNextJob: (code: string, message: string) => void;
  readonly emptyNextFolder: () => void;
  /** The next start or look is done, and its answer is lost. */
  readonly dropNextAnswer: (verb: Verb) => void;
  /** The next start or look takes effect, and its answer is late. */
  readonly holdNextAnswer: (verb: Verb) => HeldAnswer;
  /** Another tool's job runs for that many milliseconds. */
  readonly beBusy: (ms: number) => void;
  /** Ends one job now, in its own way or in this one. Gives it, or undefined where the HSM never knew it. */
  readonly endJob: (jobId: string, plan?: JobPlan) => Readonly<FakeJob> | undefined;
  /** Ends what runs, as `Canceled`. */
  readonly endJobs: () => void;
  /** The HSM forgets a job. */
  readonly loseJob: (jobId: string) => void;
  /** Detaches or attaches the identity that it writes with; it has one at first. */
  readonly detachIdentity: () => void;
  readonly attachIdentity: () => void;
  /** The ids of all jobs that the HSM knows, oldest first. */
  readonly jobs: () => readonly string[];
};

export function controlsOf(state: FakeHsmState, now: () => Date): FakeHsmControls {
  const planNextJob = (plan: JobPlan): void => void state.plans.push(plan);
  return {
    refuseNext: (verb, failure) => void state.refusals[verb].push(failure),
    planNextJob,
    failNextJob: (code, message) => planNextJob({ end: { status: "Failed", error: { code, message, inner: [] } } }),
    emptyNextFolder: () => planNextJob({ folder: "empty" }),
    dropNextAnswer: (verb) => void state.manners[verb].push("drop"),
    holdNextAnswer: (verb) => {
      const done = Promise.withResolvers<void>();
      const released = Promise.withResolvers<void>();
      state.manners[verb].push({ done: done.resolve, released: released.promise });
      return { done: done.promise, release: released.resolve };
    },
    beBusy: (ms) => void addJob(state, null, {}, now(), ms),
    endJob: (jobId, plan) => {
      const job = state.jobs.find(({ id }) => id === jobId);
      if (job === undefined) return undefined;
      job.endsAt = now();
      job.plan = plan ?? job.plan;
      return job;
    },
    endJobs: () => {
      for (const job of state.jobs.filter((each) => isRunning(each, now()))) {
        job.endsAt = now();
        job.plan = { end: { status: "Canceled", error: { code: "Canceled", message: "Ended by hand.", inner: [] } } };
      }
    },
    loseJob: (jobId) => {
      for (const job of state.jobs.filter(({ id }) => id === jobId)) job.plan = { ...job.plan, isLost: true };
    },
    detachIdentity: () => {
      state.hasIdentity = false;
    },
    attachIdentity: () => {
      state.hasIdentity = true;
    },
    jobs: () => state.jobs.filter(({ plan }) => !plan.isLost).map(({ id }) => id),
  };
}
