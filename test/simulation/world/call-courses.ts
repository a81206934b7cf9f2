import { MINUTE, SECOND } from "../../../backup/model/instant.ts";
import type { FaultKind } from "../faults/fault-kinds.ts";
import type { PlannedFault } from "../faults/fault-plan.ts";
import { pick } from "../random.ts";
import {
  type About,
  DROPPED,
  type Refused,
  someFailure,
  someLostAnswer,
  THROTTLED,
  TIMED_OUT,
  type Verb,
} from "./call-failures.ts";

/**
 * What becomes of one call. Times in milliseconds from when it is made. `arrives`: when it takes effect; null: never. `resent`:
 * when it takes effect once more. `answers`: when the caller learns of it. `fails`: what the caller learns instead of the truth.
 */
export type Course = {
  readonly arrives: number | null;
  readonly resent: number | null;
  readonly answers: number;
  readonly fails: Refused | null;
  /** The process dies: at once, or as soon as the call has taken effect. */
  readonly dies: "now" | "whenDone" | null;
  /** How long the process freezes just before it would see the answer. */
  readonly freezes: number;
};

/** Kinds of fault that strike one call. */
export const CALL_KINDS: ReadonlySet<FaultKind> = new Set<FaultKind>([
  "callFails",
  "answerLost",
  "timeout",
  "throttled",
  "slowCall",
  "lateEffect",
  "sentTwice",
  "crash",
  "freeze",
]);

const WRITES: readonly Verb[] = ["writeBlob", "sendMessage", "startFullBackup", "writeManifest"];
const RESENT: readonly Verb[] = ["writeBlob", "sendMessage"];
const SELDOM: readonly Verb[] = [
  "startFullBackup",
  "writeBlob",
  "sendMessage",
  "prepareTarget",
  "countBlobs",
  "getBackupStatus",
  "writeManifest",
];
const MOST_PASSED = 16;
const MOST_PASSED_OF_VERB = 4;
const LONGEST_LATE = 20 * SECOND;
const LONGEST_FREEZE = 12 * MINUTE;

/** Whether a fault fits calls of this verb, before it has skipped some: half of the faults wait for one particular verb. */
export function fitsVerb({ kind, sizes: [which] }: PlannedFault, { verb, hsm }: About): boolean {
  // A POST isn't resent, and what only reads can't take effect late or twice.
  if (kind === "sentTwice") return RESENT.includes(verb) && (which < 0.5 || verb === pick(RESENT, which * 2 - 1));
  if (kind === "lateEffect") return WRITES.includes(verb) && (which < 0.5 || verb === pick(WRITES, which * 2 - 1));
  if (kind === "throttled" && hsm === null && which < 0.2) return false;
  return which < 0.5 || verb === pick(SELDOM, which * 2 - 1);
}

/** How many fitting calls a fault skips first: otherwise it would always strike a handler's first call. */
export const passes = ({ sizes: [which, skip] }: PlannedFault): number =>
  Math.floor(skip ** 2 * (which < 0.5 ? MOST_PASSED : MOST_PASSED_OF_VERB));

/** A call without a fault. */
export const usualCourse = (there: number, back: number): Course => ({
  arrives: there,
  resent: null,
  answers: there + back,
  fails: null,
  dies: null,
  freezes: 0,
});

/** The same call, struck by a fault. `limit`: the call's time limit. */
export function struckCourse(usual: Course, { kind, sizes: [, , how, size] }: PlannedFault, limit: number): Course {
  switch (kind) {
    case "callFails":
      return { ...usual, arrives: null, fails: someFailure(how) };
    case "throttled":
      return { ...usual, arrives: null, fails: THROTTLED };
    case "answerLost":
      return { ...usual, fails: someLostAnswer(how) };
    case "timeout":
      return { ...usual, arrives: how < 0.5 ? null : size * limit, answers: limit, fails: TIMED_OUT };
    case "slowCall": {
      const takes = 3 * SECOND + size * (limit * 1.1 - 3 * SECOND);
      const arrives = takes * how;
      // What hasn't arrived when it is given up is never sent.
      return { ...usual, arrives: arrives < limit ? arrives : null, answers: takes };
    }
    case "lateEffect": {
      const isDropped = how < 0.3;
      const answers = isDropped ? size * limit : limit;
      return { ...usual, arrives: answers + size * LONGEST_LATE, answers, fails: isDropped ? DROPPED : TIMED_OUT };
    }
    case "sentTwice": {
      const resent = (usual.arrives ?? 0) + 400 + how * 2 * SECOND;
      return { ...usual, resent, answers: resent + usual.answers - (usual.arrives ?? 0) };
    }
    case "crash":
      if (how < 0.4) return { ...usual, arrives: null, dies: "now" };
      return { ...usual, dies: how < 0.55 ? "now" : "whenDone" };
    case "freeze":
      return { ...usual, freezes: LONGEST_FREEZE * size };
    default:
      return usual;
  }
}
