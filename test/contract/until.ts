const DEADLINE_MS = 20_000;
const LOOK_AGAIN_MS = 50;

/** Looks until a look gives something else than undefined or false. @throws Error that says what was waited for in vain. */
export async function until<T>(what: string, look: () => Promise<T> | T): Promise<Exclude<T, undefined | false>> {
  const end = performance.now() + DEADLINE_MS;
  for (;;) {
    const seen = await look();
    if (isThere(seen)) return seen;
    if (performance.now() > end) throw new Error(`Waited ${DEADLINE_MS} ms in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}

const isThere = <T>(value: T): value is Exclude<T, undefined | false> => value !== undefined && value !== false;
