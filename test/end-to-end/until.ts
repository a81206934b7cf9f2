import { setTimeout as pause } from "node:timers/promises";

const PAUSE_MILLISECONDS = 100;

/** Asks again until something is there, or fails with what was seen last. */
export async function until<T>(
  what: string,
  seconds: number,
  ask: () => Promise<T | undefined> | T | undefined,
): Promise<T> {
  const deadline = Date.now() + seconds * 1_000;
  let failure: unknown;
  do {
    try {
      const found = await ask();
      if (found !== undefined) return found;
      failure = undefined;
    } catch (thrown) {
      failure = thrown;
    }
    await pause(PAUSE_MILLISECONDS);
  } while (Date.now() < deadline);
  throw new Error(`${what}: not within ${seconds} s`, { cause: failure });
}
