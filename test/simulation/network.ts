import { MINUTE, SECOND } from "../../backup/instant.ts";
import { INTERVALS } from "../../backup/intervals.ts";
import { CALL_KINDS, type Course, fitsVerb, passes, struckCourse, usualCourse } from "./call-courses.ts";
import { type About, callFailed, type Refused, TIMED_OUT } from "./call-failures.ts";
import type { PlannedFault } from "./fault-plan.ts";
import type { HostProcess, Lives } from "./host-process.ts";
import type { Outages } from "./outages.ts";
import type { Stage } from "./stage.ts";

/**
 * Makes a call from a process to a service. Its effect and its answer are two events; what may happen to it besides is drawn.
 * The promise never settles in a process that died. `learned`: the answer has reached a living process.
 */
export type Call = <T>(
  process: HostProcess,
  about: About,
  effect: () => Promise<T>,
  learned?: (value: T) => void,
) => Promise<T>;

const SALTS = { there: 1, back: 2, unsent: 3, timerFirst: 4 } as const;

/** Else all that had waited for a seldom call would strike one after another as soon as that is made. */
const LAPSES = 25 * MINUTE;

export type Network = { readonly call: Call; readonly callsMade: () => number };

export function makeNetwork({ timeline, faults }: Stage, lives: Lives, outages: Outages): Network {
  let calls = 0;
  const passed = new Map<number, number>();

  /** How long one way takes: mostly milliseconds, seldom seconds. */
  function latency(salt: number): number {
    const drawn = timeline.noise(salt);
    if (drawn < 0.8 || !faults.isOpen()) return 3 + drawn * 60;
    return drawn < 0.97 ? 50 + (drawn - 0.8) * 2 * SECOND : 400 + (drawn - 0.97) * 80 * SECOND;
  }

  function drawCourse(process: HostProcess, about: About, limit: number): Course {
    const usual = usualCourse(latency(SALTS.there), latency(SALTS.back));
    const fits = (fault: PlannedFault): boolean => {
      if (!fitsVerb(fault, about)) return false;
      const left = passed.get(fault.number) ?? passes(fault);
      if (left > 0) passed.set(fault.number, left - 1);
      return left <= 0;
    };
    const what = (): string =>
      `host ${process.number}: ${about.operation}${about.hsm === null ? "" : ` (${about.hsm})`}`;
    const fault = faults.take(CALL_KINDS, fits, what, LAPSES);
    return fault === undefined ? usual : struckCourse(usual, fault, limit);
  }

  const call: Call = <T>(
    process: HostProcess,
    about: About,
    effect: () => Promise<T>,
    learned?: (value: T) => void,
  ) => {
    calls += 1;
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    if (process.isDead) return promise;
    const madeAt = timeline.now();
    const limit = about.verb === "startFullBackup" ? INTERVALS.startTimeLimit : INTERVALS.callTimeLimit;
    const course = drawCourse(process, about, limit);
    let isSettled = false;

    const settle = (how: () => void): void =>
      lives.whenAwake(process, () => {
        if (isSettled) return;
        isSettled = true;
        // A process that stood still finds both an answer and its own time limit: either may come first.
        const isOver = timeline.now() > madeAt + limit && timeline.noise(SALTS.timerFirst) < 0.5;
        if (isOver) reject(callFailed(about, TIMED_OUT));
        else how();
      });
    const refuse = (refused: Refused, target?: string | null): void =>
      settle(() => reject(callFailed(about, refused, target ?? undefined)));
    const answer = (how: () => void): void => {
      if (course.fails !== null) return;
      timeline.at(madeAt + course.answers, () => {
        if (course.freezes > 0 && lives.isAwake(process)) lives.freeze(process, course.freezes);
        settle(how);
      });
    };
    const isLastDeed = (how: string): boolean => {
      if (course.dies === "whenDone") lives.kill(process, `${about.operation}, when it was ${how}`);
      return course.dies === "whenDone";
    };

    const perform = (): void => {
      const done = (value: T): void => {
        if (isLastDeed("done")) return;
        answer(() => {
          learned?.(value);
          resolve(value);
        });
      };
      const refused = (thrown: unknown): void => {
        if (!isLastDeed("refused")) answer(() => reject(thrown));
      };
      effect().then(done, refused);
    };
    const arrive = (): void => {
      // Who dies with a call under way may have sent it or not.
      if (process.isDead && course.dies === null && timeline.noise(SALTS.unsent) < 0.5) return;
      const refusal = outages.refusalOf(about, process.tokens);
      if (refusal === undefined) {
        perform();
        return;
      }
      if (isLastDeed("refused")) return;
      if (refusal.hangs) timeline.at(madeAt + limit, () => refuse(TIMED_OUT, refusal.target));
      else answer(() => reject(callFailed(about, refusal.refused, refusal.target ?? undefined)));
    };
    // The first sending, whose answer got lost on the way to the SDK: it sends again, and sees only what comes of that.
    const arriveUnseen = (): void => {
      if (outages.refusalOf(about, process.tokens) === undefined) effect().catch(() => undefined);
    };

    const { arrives, resent, fails, answers } = course;
    if (arrives !== null) timeline.at(madeAt + arrives, resent === null ? arrive : arriveUnseen);
    if (resent !== null) timeline.at(madeAt + resent, arrive);
    if (fails !== null) timeline.at(madeAt + answers, () => refuse(fails));
    if (answers > limit) timeline.at(madeAt + limit, () => refuse(TIMED_OUT));
    if (course.dies === "now") lives.kill(process, about.operation);
    return promise;
  };
  return { call, callsMade: () => calls };
}
