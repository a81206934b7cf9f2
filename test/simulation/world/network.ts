import { CallFailed, type CallFailure } from "../../../backup/model/call-failed.ts";
import { MINUTE, SECOND } from "../../../backup/model/instant.ts";
import { INTERVALS } from "../../../backup/model/intervals.ts";
import { CALL_KINDS, type Course, fitsVerb, passes, struckCourse, usualCourse } from "./call-courses.ts";
import { type About, callFailed, type Refused, TIMED_OUT } from "./call-failures.ts";
import type { HostProcess, Processes } from "./host-process.ts";
import type { Outages } from "./outages.ts";
import type { Stage } from "./stage.ts";

/**
 * Makes a call from a process to a service. Its effect and its answer are two events; what may happen to it besides is drawn.
 * The promise never settles in a process that died. `learned`: called when the answer has reached a living process.
 */
export type Call = <T>(
  process: HostProcess,
  about: About,
  effect: () => Promise<T>,
  learned?: Learned<T>,
) => Promise<T>;
export type Learned<T> = (outcome: { readonly value: T } | { readonly failure: CallFailure }) => void;

const SALTS = { there: 1, back: 2, unsent: 3, timerFirst: 4 } as const;

/** Else all faults that wait for a rare call would strike one after another as soon as that is made. */
const LAPSES = 25 * MINUTE;

export type Network = { readonly call: Call; readonly callsMade: () => number };

export function makeNetwork({ timeline, faults }: Stage, processes: Processes, outages: Outages): Network {
  let calls = 0;

  /** How long one way takes: mostly milliseconds, seldom seconds. */
  function latency(salt: number): number {
    const drawn = timeline.noise(salt);
    if (drawn < 0.8 || !faults.isOpen()) return 3 + drawn * 60;
    return drawn < 0.97 ? 50 + (drawn - 0.8) * 2 * SECOND : 400 + (drawn - 0.97) * 80 * SECOND;
  }

  function drawCourse(process: HostProcess, about: About, limit: number): Course {
    const usual = usualCourse(latency(SALTS.there), latency(SALTS.back));
    const what = (): string =>
      `host ${process.number}: ${about.operation}${about.hsm === null ? "" : ` (${about.hsm})`}`;
    const fault = faults.take(CALL_KINDS, { what, fits: (each) => fitsVerb(each, about), passes, lapses: LAPSES });
    return fault === undefined ? usual : struckCourse(usual, fault, limit);
  }

  const call: Call = <T>(process: HostProcess, about: About, effect: () => Promise<T>, learned?: Learned<T>) => {
    calls += 1;
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    if (process.isDead) return promise;
    const madeAt = timeline.now();
    const limit = about.verb === "startFullBackup" ? INTERVALS.startTimeLimit : INTERVALS.callTimeLimit;
    const course = drawCourse(process, about, limit);
    let isSettled = false;

    const fail = (failure: CallFailed): void => {
      learned?.(failure);
      reject(failure);
    };
    const settle = (how: () => void): void =>
      processes.whenAwake(process, () => {
        if (isSettled) return;
        isSettled = true;
        // A process that was frozen sees both the answer and its own time-out: either may come first.
        const isOver = timeline.now() > madeAt + limit && timeline.noise(SALTS.timerFirst) < 0.5;
        if (isOver) fail(callFailed(about, TIMED_OUT));
        else how();
      });
    const refuse = (refused: Refused, target?: string | null): void =>
      settle(() => fail(callFailed(about, refused, target ?? undefined)));
    const answer = (how: () => void): void => {
      if (course.fails !== null) return;
      timeline.at(madeAt + course.answers, () => {
        if (course.freezes > 0 && processes.isAwake(process)) processes.freeze(process, course.freezes);
        settle(how);
      });
    };
    const isLastAct = (how: string): boolean => {
      if (course.dies === "whenDone") processes.kill(process, `${about.operation}, when it was ${how}`);
      return course.dies === "whenDone";
    };

    const perform = (): void => {
      const done = (value: T): void => {
        if (isLastAct("done")) return;
        answer(() => {
          learned?.({ value });
          resolve(value);
        });
      };
      const refused = (thrown: unknown): void => {
        if (isLastAct("refused")) return;
        answer(() => {
          if (thrown instanceof CallFailed) fail(thrown);
          else reject(thrown);
        });
      };
      effect().then(done, refused);
    };
    const arrive = (): void => {
      // A process that dies during a call may have sent it or not.
      if (process.isDead && course.dies === null && timeline.noise(SALTS.unsent) < 0.5) return;
      const refusal = outages.refusalOf(about, process.tokens);
      if (refusal === undefined) {
        perform();
        return;
      }
      if (isLastAct("refused")) return;
      if (refusal.hangs) timeline.at(madeAt + limit, () => refuse(TIMED_OUT, refusal.target));
      else answer(() => fail(callFailed(about, refusal.refused, refusal.target ?? undefined)));
    };
    // The first request, whose answer was lost on the way to the SDK: the SDK resends, and sees only the second answer.
    const arriveUnseen = (): void => {
      if (outages.refusalOf(about, process.tokens) === undefined) effect().catch(() => undefined);
    };

    const { arrives, resent, fails, answers } = course;
    if (arrives !== null) timeline.at(madeAt + arrives, resent === null ? arrive : arriveUnseen);
    if (resent !== null) timeline.at(madeAt + resent, arrive);
    if (fails !== null) timeline.at(madeAt + answers, () => refuse(fails));
    if (answers > limit) timeline.at(madeAt + limit, () => refuse(TIMED_OUT));
    if (course.dies === "now") processes.kill(process, about.operation);
    return promise;
  };
  return { call, callsMade: () => calls };
}
