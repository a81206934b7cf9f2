import type { WorldReport } from "./check.ts";

/** A world takes some 30 ms: so many replays are ten seconds. */
export const MOST_REPLAYS = 300;

/** A failing world with as few faults as were found to be enough, and those faults' ordinal numbers. */
export type Reduced = { readonly only: readonly number[]; readonly report: WorldReport };

/**
 * Reduces a failing world to a few faults (ddmin: Zeller, Hildebrandt, "Simplifying and isolating failure-inducing input",
 * 2002): leaves out halves, then quarters … of the faults that struck, as long as the first violation's check still
 * fails. Each replay's own `struck` counts, since a fault that is left alone may no longer find anything to strike.
 * @param run replays the world with these faults only
 */
export async function reduce(
  report: WorldReport,
  run: (only: ReadonlySet<number>) => Promise<WorldReport>,
): Promise<Reduced> {
  const check = report.violations[0]?.check;
  let best: Reduced = { only: report.struck, report };
  if (check === undefined) return best;
  let replays = 0;
  const isEnough = async (only: readonly number[]): Promise<boolean> => {
    if (replays >= MOST_REPLAYS) return false;
    replays++;
    const replayed = await run(new Set(only));
    if (!replayed.violations.some((violation) => violation.check === check)) return false;
    const struck = replayed.struck.filter((number) => only.includes(number));
    best = { only: struck, report: replayed };
    return true;
  };

  // The worst find of all: it fails without any fault.
  if (await isEnough([])) return best;
  for (let parts = 2; best.only.length > 1 && replays < MOST_REPLAYS; ) {
    const reduced = await leaveOutOne(split(best.only, parts), isEnough);
    if (!reduced && parts >= best.only.length) break;
    parts = reduced ? Math.max(2, parts - 1) : parts * 2;
  }
  return best;
}

/** Tries first each part alone, then all but one: whether any of these was enough. */
async function leaveOutOne(
  parts: readonly (readonly number[])[],
  isEnough: (only: readonly number[]) => Promise<boolean>,
): Promise<boolean> {
  for (const part of parts) if (await isEnough(part)) return true;
  // Of two parts, all but one is the other.
  if (parts.length === 2) return false;
  for (const part of parts) if (await isEnough(parts.filter((other) => other !== part).flat())) return true;
  return false;
}

function split(numbers: readonly number[], parts: number): readonly (readonly number[])[] {
  const size = Math.ceil(numbers.length / Math.min(parts, numbers.length));
  return Array.from({ length: Math.ceil(numbers.length / size) }, (_, at) => numbers.slice(at * size, (at + 1) * size));
}
