import { MINUTE, SECOND } from "../../backup/instant.ts";
import type { JobReport } from "../../backup/job-report.ts";
import { about, callFailed, type Refused } from "./call-failures.ts";
import type { FaultKind } from "./facts.ts";
import type { PlannedFault } from "./fault-plan.ts";
import { pick } from "./random.ts";
import type { Stage } from "./stage.ts";

/** What an HSM says instead of the truth. */
export type HsmAnswers = {
  /** Throws where this start is refused although nothing runs. */
  readonly refuseStart: (hsm: string) => void;
  /** Throws where a start that was accepted is answered with rubbish. */
  readonly garbleStart: (hsm: string) => void;
  /** The answer of a look, given what is true (undefined: the job is unknown), or throws. */
  readonly look: (hsm: string, jobId: string, truth: JobReport | undefined) => JobReport | undefined;
};

const START_KINDS: ReadonlySet<FaultKind> = new Set<FaultKind>(["startRefused"]);
const ANSWER_KINDS: ReadonlySet<FaultKind> = new Set<FaultKind>(["rubbishAnswer", "changedMind"]);
const REFUSALS: readonly Refused[] = [
  { reason: "denied", status: 401, code: "Unauthorized" },
  { reason: "denied", status: 403, code: "Forbidden" },
  { reason: "denied", status: 403, code: "Forbidden" },
  { reason: "sasRefused", status: 400, code: "BadParameter" },
  { reason: "sasRefused", status: 400, code: "BadParameter" },
  { reason: "rejected", status: 400, code: "BadRequest" },
  { reason: "busy", status: 409, code: "Conflict" },
  { reason: "busy", status: 409, code: "Conflict" },
  { reason: "notFound", status: 404, code: "NotFound" },
];
const UNREADABLE: Refused = { reason: "unreadable", status: 200, code: "unreadableAnswer" };
const UNREADABLE_START: Refused = { reason: "unreadable", status: 202, code: "unreadableAnswer" };
const UNKNOWN_WORDS = ["Paused", "Finalizing", "succeeded?"];
/** Of the rubbish answers, those to a start; the others are to looks. */
const START_SHARE = 0.25;
const ONCE_SHARE = 0.4;
const LONGEST_REFUSAL = 40 * MINUTE;
const MOST_LOOKS_PASSED = 4;
const MOST_ANSWERS = 3;
const RETRY_AFTER = 10 * SECOND;

export function makeHsmAnswers({ faults, timeline }: Stage): HsmAnswers {
  const refusals = new Map<string, { readonly refused: Refused; readonly until: number }>();
  const passed = new Map<number, number>();
  const garbled = new Map<string, { readonly fault: PlannedFault; left: number }>();

  function falseAnswer(jobId: string): PlannedFault | undefined {
    const going = garbled.get(jobId);
    if (going !== undefined && going.left > 0 && faults.isOpen()) {
      going.left -= 1;
      return going.fault;
    }
    const fits = ({ kind, number, sizes: [which, skip] }: PlannedFault): boolean => {
      if (kind === "rubbishAnswer" && which < START_SHARE) return false;
      const left = passed.get(number) ?? Math.floor(skip * MOST_LOOKS_PASSED);
      if (left > 0) passed.set(number, left - 1);
      return left <= 0;
    };
    const fault = faults.take(ANSWER_KINDS, fits, ({ kind }) => `job ${jobId}: ${WORDS[kind] ?? kind}`);
    if (fault !== undefined) garbled.set(jobId, { fault, left: Math.floor(fault.sizes[2] * MOST_ANSWERS) });
    return fault;
  }

  return {
    refuseStart: (hsm) => {
      const going = refusals.get(hsm);
      const fault =
        going !== undefined && going.until > timeline.now()
          ? undefined
          : faults.take(
              START_KINDS,
              () => true,
              ({ sizes }) => `${hsm}: ${pick(REFUSALS, sizes[0]).code}`,
            );
      if (fault !== undefined) {
        const lasts = fault.sizes[1] < ONCE_SHARE ? 1 : fault.sizes[2] * LONGEST_REFUSAL;
        refusals.set(hsm, { refused: pick(REFUSALS, fault.sizes[0]), until: timeline.now() + lasts });
      }
      const refusal = refusals.get(hsm);
      if (refusal === undefined || refusal.until <= timeline.now() || !faults.isOpen()) return;
      throw callFailed(about("startFullBackup", hsm), refusal.refused);
    },
    garbleStart: (hsm) => {
      const fits = ({ kind, sizes: [which] }: PlannedFault): boolean => kind === "rubbishAnswer" && which < START_SHARE;
      const fault = faults.take(ANSWER_KINDS, fits, () => `${hsm}: a 202 that names no job`);
      if (fault !== undefined) throw callFailed(about("startFullBackup", hsm), UNREADABLE_START);
    },
    look: (hsm, jobId, truth) => {
      const fault = falseAnswer(jobId);
      if (fault === undefined) return truth;
      const [, , , how] = fault.sizes;
      if (fault.kind === "changedMind") return changedMind(truth, how);
      if (how < 0.5) throw callFailed(about("getBackupStatus", hsm), UNREADABLE);
      return running(pick(UNKNOWN_WORDS, how * 2 - 1));
    },
  };
}

const WORDS: Readonly<Partial<Record<FaultKind, string>>> = {
  rubbishAnswer: "the HSM answers rubbish",
  changedMind: "the HSM says something else for a while",
};

const running = (word: string): JobReport => ({ status: "running", word, folderUrl: null, retryAfter: RETRY_AFTER });

/** A job that runs is unknown, or called a success too early; one that has ended is unknown, or runs again. */
function changedMind(truth: JobReport | undefined, how: number): JobReport | undefined {
  if (how < 0.4) return undefined;
  if (truth?.status === "running") {
    const folderUrl = truth.folderUrl?.replace("/.", "/") ?? null;
    return { status: "Succeeded", folderUrl };
  }
  return running("InProgress");
}
