import { setTimeout as pause } from "node:timers/promises";

const WITHIN_MILLISECONDS = 15_000;
const EVERY_MILLISECONDS = 20;

/** Asks again until there is an answer. @throws when there is none within 15 s */
export async function until<T>(what: string, ask: () => Promise<T | undefined> | T | undefined): Promise<T> {
  const deadline = performance.now() + WITHIN_MILLISECONDS;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > deadline) throw new Error(`Waited in vain: ${what}`);
    await pause(EVERY_MILLISECONDS);
  }
}
