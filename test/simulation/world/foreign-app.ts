import { MINUTE } from "../../../backup/model/instant.ts";
import type { FaultKind } from "../faults/fault-kinds.ts";
import type { PlannedFault } from "../faults/fault-plan.ts";
import type { Place } from "./host-process.ts";
import { APP, type Hosts } from "./hosts.ts";
import type { SimulatedLedger } from "./simulated-ledger.ts";
import type { Stage } from "./stage.ts";

const KINDS: ReadonlySet<FaultKind> = new Set<FaultKind>(["foreignApp"]);
const SHORTEST = 6 * MINUTE;
const LONGEST = 150 * MINUTE;
const FOREIGN = "other-backups";
const OWNER = "app.json";

export type ForeignApps = {
  /** Removes the other app, and gives the ledger back to its first owner. */
  readonly remove: () => void;
};

/** A second app that is deployed on the same host storage with the same name of ledger, for a while. */
export function runForeignApps({ faults, timeline }: Stage, hosts: Hosts, ledger: SimulatedLedger): ForeignApps {
  let present: Place | undefined;

  function leave(): void {
    if (present !== undefined) hosts.removeForeign(present);
    present = undefined;
    // It has taken the ledger where its first owner was lost: an operator deletes `app.json`, as the remedy says.
    const owner = ledger.texts.get(OWNER);
    if (owner !== undefined && !owner.includes(`"${APP}"`)) ledger.damage(OWNER, null, "deleted");
  }
  function come(fault: PlannedFault): void {
    if (!faults.isOpen() || present !== undefined) return;
    // The first app to come owns the ledger: the one under test.
    if (!ledger.texts.has(OWNER)) {
      timeline.after(MINUTE, () => come(fault));
      return;
    }
    const lasts = SHORTEST + fault.sizes[0] ** 2 * LONGEST;
    faults.strike(fault, `for ${(lasts / MINUTE).toFixed(1)} min`);
    present = hosts.addForeign(FOREIGN);
    timeline.after(lasts, leave);
  }
  for (const fault of faults.timed(KINDS)) timeline.at(fault.at, () => come(fault));
  return { remove: leave };
}
