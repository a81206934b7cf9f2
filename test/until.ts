import { setTimeout as wait } from "node:timers/promises";

/** Below the usual limit of a test, so that a wait in vain is told by what was waited for. */
const USUAL_LIMIT_SECONDS = 55;
// What comes soon is seen soon; a long wait takes little from the processes that are waited for.
const FIRST_PAUSE_MILLISECONDS = 10;
const LONGEST_PAUSE_MILLISECONDS = 100;
const PAUSE_GROWTH = 1.5;

/**
 * Looks until a look gives something else than undefined or false.
 * @param seconds after which a last look has been in vain
 * @throws Error that says what was waited for in vain; at once, what a look throws: that is nothing that time mends
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
    if (isLastLook) throw new Error(`Waited ${seconds} s in vain: ${what}`);
    await wait(pause);
    pause = Math.min(pause * PAUSE_GROWTH, LONGEST_PAUSE_MILLISECONDS);
  }
}

const isThere = <T>(value: T): value is Exclude<T, undefined | false> => value !== undefined && value !== false;
