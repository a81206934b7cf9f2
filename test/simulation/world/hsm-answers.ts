import { HOUR, MINUTE, SECOND } from "../../../backup/model/instant.ts";
import type { JobReport } from "../../../backup/model/job-report.ts";
import type { FaultKind } from "../faults/fault-kinds.ts";
import type { PlannedFault } from "../faults/fault-plan.ts";
import { pick } from "../random.ts";
import { about, callFailed, type Refused } from "./call-failures.ts";
import type { Look } from "./hsm-jobs.ts";
import type { Stage } from "./stage.ts";

/** What an HSM says instead of the truth. */
export type HsmAnswers = {
  /** Throws where this start is refused although nothing runs. */
  readonly refuseStart: (hsm: string) => void;
  /** Throws where a start that was accepted is answered with rubbish. */
  readonly garbleStart: (hsm: string) => void;
  /** The answer of a look, given what is true; throws for an unreadable one. */
  readonly look: (hsm: string, jobId: string, truth: Look) => Look;
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
/** Of the rubbish answers, those to a start; the others are to looks. */
const START_SHARE = 0.25;
const ONCE_SHARE = 0.4;
const LONGEST_REFUSAL = 40 * MINUTE;
const MOST_LOOKS_PASSED = 4;
const MOST_ANSWERS = 3;
const RETRY_AFTER = 10 * SECOND;
/** Longer than any run may wait. */
const LONG_RETRY_AFTER = 3 * HOUR;

export function makeHsmAnswers({ faults, timeline }: Stage): HsmAnswers {
  const refusals = new Map<string, { readonly refused: Refused; readonly until: number }>();
  const garbled = new Map<string, { readonly fault: PlannedFault; left: number }>();

  function falseAnswer(jobId: string): PlannedFault | undefined {
    const going = garbled.get(jobId);
    if (going !== undefined && going.left > 0 && faults.isOpen()) {
      going.left -= 1;
      return going.fault;
    }
    const fault = faults.take(ANSWER_KINDS, {
      what: ({ kind }) => `job ${jobId}: ${WORDS[kind] ?? kind}`,
      fits: ({ kind, sizes: [which] }) => kind !== "rubbishAnswer" || which >= START_SHARE,
      passes: ({ sizes: [, skip] }) => Math.floor(skip * MOST_LOOKS_PASSED),
    });
    if (fault !== undefined) garbled.set(jobId, { fault, left: Math.floor(fault.sizes[2] * MOST_ANSWERS) });
    return fault;
  }

  return {
    refuseStart: (hsm) => {
      const going = refusals.get(hsm);
      const fault =
        going !== undefined && going.until > timeline.now()
          ? undefined
          : faults.take(START_KINDS, { what: ({ sizes }) => `${hsm}: ${pick(REFUSALS, sizes[0]).code}` });
      if (fault !== undefined) {
        const lasts = fault.sizes[1] < ONCE_SHARE ? 1 : fault.sizes[2] * LONGEST_REFUSAL;
        refusals.set(hsm, { refused: pick(REFUSALS, fault.sizes[0]), until: timeline.now() + lasts });
      }
      const refusal = refusals.get(hsm);
      if (refusal === undefined || refusal.until <= timeline.now() || !faults.isOpen()) return;
      throw callFailed(about("startFullBackup", hsm), refusal.refused);
    },
    garbleStart: (hsm) => {
      const fault = faults.take(ANSWER_KINDS, {
        what: () => `${hsm}: a 202 that names no job`,
        fits: ({ kind, sizes: [which] }) => kind === "rubbishAnswer" && which < START_SHARE,
      });
      if (fault !== undefined) throw callFailed(about("startFullBackup", hsm), UNREADABLE_START);
    },
    look: (hsm, jobId, truth) => {
      const fault = falseAnswer(jobId);
      if (fault === undefined) return truth;
      const [, , , how] = fault.sizes;
      if (fault.kind === "changedMind") return changedMind(truth, how);
      if (how < 0.5) throw callFailed(about("getBackupStatus", hsm), UNREADABLE);
      return running(how > 0.9 ? LONG_RETRY_AFTER : RETRY_AFTER);
    },
  };
}

const WORDS: Readonly<Partial<Record<FaultKind, string>>> = {
  rubbishAnswer: "the HSM answers rubbish",
  changedMind: "the HSM says something else for a while",
};

const running = (retryAfter: number): JobReport => ({
  status: "running",
  folderUrl: null,
  retryAfter,
});

/** A job that runs is unknown, rejected, or called a success too early; one that has ended is unknown, or runs again. */
function changedMind(truth: Look, how: number): Look {
  if (how < 0.3) return "unknown";
  if (how < 0.45) return "badRequest";
  if (typeof truth === "object" && truth.status === "running") {
    const folderUrl = truth.folderUrl?.replace("/.", "/") ?? null;
    return { status: "Succeeded", folderUrl };
  }
  return running(RETRY_AFTER);
}
