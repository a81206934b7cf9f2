import { SECOND } from "../../../backup/model/instant.ts";
import type { FaultKind } from "../faults/fault-kinds.ts";
import type { PlannedFault } from "../faults/fault-plan.ts";
import { pick } from "../random.ts";
import type { Hosts } from "./hosts.ts";
import { LARGEST_SKEW } from "./shape.ts";
import type { Stage } from "./stage.ts";

const KINDS: ReadonlySet<FaultKind> = new Set<FaultKind>(["clockSkewed", "clockSetBack"]);

/** Clocks of hosts that go wrong, until the faults stop. `largest`: how far off any clock has been so far. */
export function runClocks({ faults, timeline }: Stage, { places }: Hosts): { readonly largest: () => number } {
  let largest = 0;
  const strike = (fault: PlannedFault): void => {
    const place = pick(places, fault.sizes[0]);
    const before = place.skew;
    const off =
      fault.kind === "clockSkewed" ? (2 * fault.sizes[1] - 1) * LARGEST_SKEW : before - fault.sizes[1] * LARGEST_SKEW;
    place.skew = Math.round(Math.max(-LARGEST_SKEW, off));
    largest = Math.max(largest, Math.abs(place.skew));
    const words = `${Math.round(Math.abs(place.skew) / SECOND)} s ${place.skew < 0 ? "behind" : "ahead"}`;
    faults.strike(fault, `host ${place.current?.number ?? "to come"}: its clock is ${words} now`);
  };
  for (const fault of faults.timed(KINDS)) timeline.at(fault.at, () => strike(fault));
  return { largest: () => largest };
}
