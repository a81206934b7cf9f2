import { MINUTE, SECOND } from "../../../backup/model/instant.ts";
import type { BlobToWrite } from "../../../backup/ports.ts";
import type { FaultKind } from "../faults/fault-kinds.ts";
import type { PlannedFault } from "../faults/fault-plan.ts";
import type { Stage } from "./stage.ts";

const KINDS: ReadonlySet<FaultKind> = new Set<FaultKind>(["blobTouched"]);
const MOST_PASSED = 6;
/** A tool has gone through by then. */
const LAPSES = 15 * MINUTE;
/** And it doesn't meet the same blob again sooner than that. */
const GAP = 20 * SECOND;

/**
 * Whether another tool touches this blob just before the app writes it: it sets a property, or writes the same bytes
 * again. Only the ETag changes, so that the write loses a race without a winner.
 */
export function touches({ faults, timeline }: Stage): (blob: BlobToWrite) => boolean {
  const touchedAt = new Map<string, number>();
  return ({ name, onlyIf }) => {
    if (typeof onlyIf === "string" || timeline.now() < (touchedAt.get(name) ?? 0) + GAP) return false;
    // Else it would always be the first write of a step.
    const passes = ({ sizes: [, skip] }: PlannedFault): number => Math.floor(skip * MOST_PASSED);
    if (faults.take(KINDS, { what: () => name, passes, lapses: LAPSES }) === undefined) return false;
    touchedAt.set(name, timeline.now());
    return true;
  };
}
