import { setTimeout as wait } from "node:timers/promises";

/** Below the time-out of a test, so that the error names what did not happen. */
const USUAL_LIMIT_SECONDS = 55;
// Short pauses first, longer ones later: a long wait leaves the CPU to the processes that it waits for.
const FIRST_PAUSE_MILLISECONDS = 10;
const LONGEST_PAUSE_MILLISECONDS = 100;
const PAUSE_GROWTH = 1.5;

/**
 * Repeats a look until it returns something other than undefined or false.
 * @param seconds after which the last look is taken
 * @throws Error that names what did not happen; an error that a look throws is thrown at once
 */
export async function until<T>(
  what: string,
  look: () => T | Promise<T>,
  seconds = USUAL_LIMIT_SECONDS,
): Promise<Exclude<T, undefined | false>> {
  const end = performance.now() + seconds * 1_000;
  let pause = FIRST_PAUSE_MILLISECONDS;
  for (;;) {
    const isLastLook = performance.now() > end;
    const seen = await look();
    if (isThere(seen)) return seen;
    if (isLastLook) throw new Error(`Timed out after ${seconds} s: ${what}`);
    await wait(pause);
    pause = Math.min(pause * PAUSE_GROWTH, LONGEST_PAUSE_MILLISECONDS);
  }
}

const isThere = <T>(value: T): value is Exclude<T, undefined | false> => value !== undefined && value !== false;
