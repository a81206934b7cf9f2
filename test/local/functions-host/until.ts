const DEADLINE_MS = 25_000;
const LOOK_AGAIN_MS = 20;

/** Waits until a look gives something else than undefined or false. @throws Error that says what was waited for in vain. */
export async function until<T>(
  what: string,
  look: () => T | Promise<T>,
  deadlineMs = DEADLINE_MS,
): Promise<Exclude<T, undefined | false>> {
  const end = Date.now() + deadlineMs;
  for (;;) {
    const seen = await look();
    if (isThere(seen)) return seen;
    if (Date.now() > end) throw new Error(`Waited ${deadlineMs} ms in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}

const isThere = <T>(value: T): value is Exclude<T, undefined | false> => value !== undefined && value !== false;
