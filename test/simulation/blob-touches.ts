import type { BlobToWrite } from "../../backup/deps.ts";
import { MINUTE, SECOND } from "../../backup/instant.ts";
import type { FaultKind } from "./facts.ts";
import type { PlannedFault } from "./fault-plan.ts";
import type { Stage } from "./stage.ts";

const KINDS: ReadonlySet<FaultKind> = new Set<FaultKind>(["blobTouched"]);
/** What a tool that goes over the whole container comes by: cards, records, or whatever is written next. */
const CARDS_SHARE = 0.4;
const RECORDS_SHARE = 0.4;
const MOST_PASSED = 6;
/** A tool has gone through by then; what it didn't come by, it leaves alone. */
const LAPSES = 15 * MINUTE;
/** And no tool comes by the same blob again sooner than that. */
const GAP = 20 * SECOND;

/**
 * Whether somebody's tool touches this blob just before the app writes it: it sets a property, or writes the same bytes
 * again. Nothing that the app wrote is changed but the ETag, so that the write loses a race which nobody has won.
 */
export function touches({ faults, timeline }: Stage): (blob: BlobToWrite) => boolean {
  const passed = new Map<number, number>();
  const touchedAt = new Map<string, number>();
  return ({ name, onlyIf }) => {
    if (typeof onlyIf === "string" || timeline.now() < (touchedAt.get(name) ?? 0) + GAP) return false;
    const fits = ({ number, sizes: [which, skip] }: PlannedFault): boolean => {
      const isWanted = name.startsWith("hsms/")
        ? which < CARDS_SHARE || which >= CARDS_SHARE + RECORDS_SHARE
        : which >= CARDS_SHARE;
      if (!isWanted) return false;
      // Else it would always be the first write of a step.
      const left = passed.get(number) ?? Math.floor(skip * MOST_PASSED);
      passed.set(number, left - 1);
      return left <= 0;
    };
    if (faults.take(KINDS, fits, () => name, LAPSES) === undefined) return false;
    touchedAt.set(name, timeline.now());
    return true;
  };
}
