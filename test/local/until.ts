import { setTimeout as wait } from "node:timers/promises";

const LOOK_EVERY_MILLISECONDS = 20;

/** Resolves once the condition holds. @throws naming what was waited for, when it doesn't within `limit` milliseconds. */
export async function until(what: string, condition: () => boolean | Promise<boolean>, limit = 10_000): Promise<void> {
  const deadline = Date.now() + limit;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`${what} did not happen within ${limit} ms`);
    await wait(LOOK_EVERY_MILLISECONDS);
  }
}
