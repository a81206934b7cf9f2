import type { MakeCheck, View } from "../check.ts";
import type { Answer } from "../facts.ts";
import type { RunSeen } from "./seen-blobs.ts";
import { BACK_OFF, HOUR, LONGEST_PAUSE, MINUTE, pauseOf, SECOND } from "./spans.ts";

/** What one step could have been: the run before and after, and what the process had learned since. */
type Step = {
  readonly before: RunSeen;
  readonly after: RunSeen;
  readonly answers: readonly Answer[];
  /** The deadline may have come by the clock of the process that wrote. */
  readonly mayBeOver: boolean;
  /** The latest and the earliest moment at which that clock may have stood when the step began. */
  readonly latest: number;
  readonly earliest: number;
  /** The account in the settings of that process. */
  readonly storageUrl: string | undefined;
};

const DENIAL_GRACE = 15 * MINUTE;
const CERTAINTY = MINUTE;

/** The design's table of what was seen and what follows. */
export const decisions: MakeCheck = () => {
  const answers = new Map<string, { readonly at: number; readonly answer: Answer }[]>();
  return {
    name: "each step follows from what was seen, as the table of the design says",
    see(fact, view, change) {
      if (fact.kind === "answered") {
        const key = `${fact.host} ${fact.hsm}`;
        answers.set(key, [...(answers.get(key) ?? []), { at: fact.at, answer: fact.answer }].slice(-12));
        return [];
      }
      if (change?.kind !== "state" || change.host === null) return [];
      const { before, after, hsm, host, beforeAt } = change;
      if (!before?.active || !after?.active || before.active.id !== after.active.id) return [];
      const known = (answers.get(`${host} ${hsm}`) ?? []).filter(({ at }) => at > beforeAt).map(({ answer }) => answer);
      const { storageUrl } = view.hosts.get(host) ?? {};
      const step = { ...stepOf(before.active, after.active, known, beforeAt, fact.at, view), storageUrl };
      const problem = problemOf(step) ?? pauseProblem(step) ?? outcomeProblem(step);
      return problem === undefined ? [] : [`${after.active.id} of ${hsm} ${problem} (${JSON.stringify(known)})`];
    },
  };
};

function stepOf(
  before: RunSeen,
  after: RunSeen,
  answers: readonly Answer[],
  readAt: number,
  at: number,
  { largestSkew }: View,
): Omit<Step, "storageUrl"> {
  const latest = at + largestSkew;
  return {
    ...{ before, after, answers, latest },
    mayBeOver: latest >= before.deadlineAt,
    // A step with a POST began before its claim was written.
    earliest: Math.min(
      readAt - largestSkew,
      ...before.attempts.slice(-1).flatMap((last) => (last.outcome === null ? [last.at] : [])),
    ),
  };
}

const words = ({ before, after }: Step): string => {
  const code = after.error?.code ?? after.doubt?.code;
  return `went from ${before.state} to ${after.state}${code ? `, ${code},` : ""}`;
};

function problemOf(step: Step): string | undefined {
  const { before, after, answers } = step;
  if (isClaim(step)) return after.state === "Starting" ? undefined : `claims as ${after.state}`;
  const isAllowed =
    before.state === "Starting"
      ? answers.some((answer) => followsStart(step, answer)) || isLate(step)
      : answers.some((answer) => followsLook(step, answer));
  return isAllowed ? undefined : words(step);
}

/** A claim: an attempt without an outcome that wasn't there before. */
function isClaim({ before, after }: Step): boolean {
  const last = after.attempts.at(-1);
  return (
    last?.outcome === null && (after.attempts.length > before.attempts.length || last.at !== before.attempts.at(-1)?.at)
  );
}

/** The deadline came before any job: no call is made. */
const isLate = ({ after, mayBeOver }: Step): boolean => after.state === "TimedOut" && mayBeOver;
const goesOn = (step: Step): boolean => {
  const isOver = step.earliest >= step.before.deadlineAt;
  return (step.after.state === step.before.state && !isOver) || isLate(step);
};

function followsStart(step: Step, answer: Answer): boolean {
  const { before, after } = step;
  if (answer.what === "accepted") return after.state === "InProgress" && after.jobId === answer.jobId;
  if (answer.what !== "failure") return false;
  const isDenied = answer.reason === "denied" || (answer.reason === "sasRefused" && answer.of === "startFullBackup");
  if (isDenied) return followsDenial(step, before);
  const isFinal = answer.of === "startFullBackup" && ["notFound", "rejected"].includes(answer.reason);
  return isFinal ? after.state === "Failed" : goesOn(step);
}

/** Tried again for 15 min, then `Failed`. */
function followsDenial(step: Step, { doubt }: RunSeen): boolean {
  const since = doubt?.code === "denied" ? doubt.since : Number.POSITIVE_INFINITY;
  if (step.after.state === "Failed") return step.latest - since >= DENIAL_GRACE;
  return goesOn(step) && (step.after.doubt === null || step.earliest - since < DENIAL_GRACE);
}

function followsLook(step: Step, answer: Answer): boolean {
  const { before, after } = step;
  switch (answer.what) {
    case "Failed":
    case "Canceled":
      return after.state === answer.what;
    case "running":
      return goesOn(step) && (after.state !== "InProgress" || after.doubt === null);
    case "Succeeded":
      return followsSuccess(step, answer.folderUrl);
    case "failure": {
      if (answer.of !== "getBackupStatus") return false;
      const isUnknown = answer.reason === "notFound";
      const isRejected = answer.reason === "rejected" && answer.status === 400;
      if (!isUnknown && !isRejected) return goesOn(step);
      const codes = isUnknown ? ["jobLost", "notFound"] : ["BadRequest", "rejected"];
      const mustEnd =
        codes.includes(before.doubt?.code ?? "") && step.earliest - (before.doubt?.since ?? 0) >= CERTAINTY;
      return isSure(step, isUnknown ? "jobLost" : null, 1) || (goesOn(step) && !mustEnd);
    }
    default:
      return before === after;
  }
}

/** Seen before so often, and for a minute. */
function isSure({ before, after, latest }: Step, code: string | null, looksBefore: number): boolean {
  if (after.state !== "Failed" || (code !== null && after.error?.code !== code)) return false;
  const { doubt } = before;
  return (
    doubt?.code === after.error?.code &&
    (doubt?.times ?? 0) >= looksBefore &&
    latest - (doubt?.since ?? latest) >= CERTAINTY
  );
}

function followsSuccess(step: Step, folderUrl: string | null): boolean {
  const { before, after, answers } = step;
  const empty = goesOn(step) || isSure(step, "nothingWritten", 2);
  switch (placeOf(folderUrl, `${before.storageUrl}/${before.container}`)) {
    case "none":
      return empty;
    case "elsewhere":
      return after.state === "Failed" && after.error?.code === "foreignFolder";
    case "inside":
      // An account that the settings no longer name can't be listed.
      if (before.storageUrl !== step.storageUrl) return goesOn(step);
      return answers.some((answer) => {
        if (answer.what === "counted")
          return answer.blobCount > 0 ? after.state === "Succeeded" && after.bytes === answer.bytes : empty;
        if (answer.what !== "failure" || answer.of !== "countBlobs") return false;
        return answer.reason === "notFound" ? empty : goesOn(step);
      });
  }
}

function placeOf(folderUrl: string | null, containerUrl: string): "none" | "inside" | "elsewhere" {
  if (folderUrl === null) return "none";
  const { href } = new URL(folderUrl);
  return href.startsWith(`${containerUrl}/`) ? "inside" : "elsewhere";
}

/** The next step is neither too early nor too late, and never after the deadline. */
function pauseProblem({ before, after, latest, earliest, ...step }: Step): string | undefined {
  if (after.state !== "Starting" && after.state !== "InProgress") return undefined;
  const { nextAt, deadlineAt, doubt, looks } = after;
  if (nextAt > deadlineAt) return "goes on after its deadline";
  if (nextAt > latest + HOUR) return "waits for more than an hour";
  if (isClaim({ before, after, latest, earliest, ...step }) || nextAt === deadlineAt) return undefined;
  const isRetry = doubt !== null && !["jobLost", "nothingWritten", "BadRequest"].includes(doubt.code);
  const least = isRetry ? pauseOf(BACK_OFF, doubt.times) : doubt !== null ? 30 * SECOND : 10 * SECOND;
  const wanted = Math.min(...step.answers.map((answer) => retryAfterOf(answer)));
  if (wanted > 0 && Number.isFinite(wanted) && nextAt < earliest + Math.min(wanted, LONGEST_PAUSE))
    return "doesn't wait as the HSM asks";
  if (nextAt < earliest + least) return `tries again before ${least / SECOND} s`;
  const asked = step.answers.some(({ what }) => what === "running" || what === "accepted") || isRetry;
  return !asked && looks > 0 && nextAt > latest + MINUTE ? "looks again too late" : undefined;
}

/** Once the POST is answered, its attempt has an outcome. */
const outcomeProblem = ({ after }: Step): string | undefined =>
  after.state === "InProgress" && after.attempts.at(-1)?.outcome === null
    ? "has an attempt without an outcome"
    : undefined;

/** The pause that the HSM asks for; none: 0. */
function retryAfterOf(answer: Answer): number {
  return answer.what === "accepted" || answer.what === "running" ? (answer.retryAfter ?? 0) : 0;
}
