import { setTimeout as wait } from "node:timers/promises";
import { watchNpm } from "./watch-npm.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const FAILED = 1;
/** What a shell reports of a program that Ctrl-C ended. */
export const INTERRUPTED = 130;
const NOTICED_WITHIN_MILLISECONDS = 500;

/**
 * Does the work of a program that serves until it is stopped: by Ctrl-C, SIGTERM, a closed terminal, a reader of its
 * output that went away, or the end of the npm that started it. The work's signal is aborted then, and it tidies up. A
 * second Ctrl-C doesn't wait for that: the programs started and their caretaker notice by themselves.
 * @returns the exit code of the work, `whenStopped` if it was stopped before, or 1 after an error, whose message is reported.
 */
export async function untilStopped(
  work: (signal: AbortSignal) => Promise<number>,
  whenStopped: number,
  report: (sentence: string) => void,
): Promise<number> {
  const stopping = new AbortController();
  const stop = (): void => {
    if (stopping.signal.aborted) process.exit(INTERRUPTED);
    stopping.abort(new Error("stopped"));
  };
  const stopOnce = (): void => stopping.abort(new Error("stopped"));
  for (const signal of SIGNALS) process.on(signal, stop);
  process.stdout.on("error", stopOnce);
  process.stderr.on("error", stopOnce);
  const unwatch = watchNpm(process.env, stopOnce);
  try {
    return await work(stopping.signal);
  } catch (problem) {
    if (stopping.signal.aborted) return whenStopped;
    report(problem instanceof Error ? problem.message : String(problem));
    return FAILED;
  } finally {
    unwatch();
    for (const signal of SIGNALS) process.off(signal, stop);
  }
}

/** Never resolves; rejects when `signal` is aborted. */
export function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

/** The work's outcome, unless one of the programs that it needs has ended: then that is the error. */
export async function unlessEnded<Outcome>(work: Promise<Outcome>, ends: readonly Promise<string>[]): Promise<Outcome> {
  const ended = Promise.race(ends);
  try {
    return await Promise.race([work, ended.then((sentence) => Promise.reject(new Error(sentence)))]);
  } catch (problem) {
    // A call that fails because its server ended is reported as that end, which is noticed a moment later.
    const sentence = await Promise.race([ended, wait(NOTICED_WITHIN_MILLISECONDS, undefined)]);
    throw sentence === undefined ? problem : new Error(sentence, { cause: problem });
  }
}
