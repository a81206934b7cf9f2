import { MINUTE, SECOND } from "../../../backup/model/instant.ts";
import type { HostSettings } from "../facts.ts";
import type { FaultKind } from "../faults/fault-kinds.ts";
import type { PlannedFault } from "../faults/fault-plan.ts";
import { pick } from "../random.ts";
import type { Place } from "./host-process.ts";
import type { Hosts } from "./hosts.ts";
import { OTHER_STORAGE_URL, STORAGE_URL } from "./simulated-storage.ts";
import type { Stage } from "./stage.ts";

const KINDS: ReadonlySet<FaultKind> = new Set<FaultKind>([
  "deployed",
  "deployedNewer",
  "hsmLeftSettings",
  "scheduleChanged",
  "storageChanged",
]);
const LONGEST_PAUSE = 45 * SECOND;
const SALT = 71;
const SHORTEST = 2 * MINUTE;
const LONGEST = 150 * MINUTE;
/** Of the changed settings, those that reach only some of the hosts. */
const PARTIAL_SHARE = 0.35;
/** Of the HSMs that leave the settings, those whose setting is rejected. */
const REJECTED_SHARE = 0.4;
/** Of the newer versions, those that write newer states, which an older one leaves alone. */
const NEWER_STATES_SHARE = 0.3;
const GAPS = [0.5, 2 / 3, 1.5, 1.2];

export type Deployments = {
  /** All hosts on this version and on the first settings. */
  readonly restore: () => void;
};

/** New versions and settings: the hosts are replaced one after another, the old and the new one side by side for a minute. */
export function runDeployments({ faults, timeline, shape }: Stage, hosts: Hosts): Deployments {
  let isRestored = false;

  function change(places: readonly Place[], settings: Partial<HostSettings>, writesNewerStates = false): void {
    let delay = 0;
    const isLast = isRestored;
    for (const place of places) {
      // Every process that is started there from now on has the new settings, also for another reason.
      place.settings = { ...place.settings, ...settings };
      place.writesNewerStates = writesNewerStates;
      timeline.after(delay, () => {
        // A deployment in progress stops when everything is restored.
        if (isRestored === isLast) hosts.replace(place);
      });
      delay += SECOND + timeline.noise(SALT) * LONGEST_PAUSE;
    }
  }

  /** Changes the settings on all hosts, or on some, and back after a while. */
  function changeFor(fault: PlannedFault, what: string, to: Partial<HostSettings>, back: Partial<HostSettings>): void {
    const places = fault.sizes[1] < PARTIAL_SHARE ? hosts.places.slice(0, 1) : hosts.places;
    const lasts = SHORTEST + fault.sizes[2] ** 2 * LONGEST;
    const where = places.length < hosts.places.length ? ", on one host" : "";
    faults.strike(fault, `${what}${where}, for ${(lasts / MINUTE).toFixed(1)} min`);
    const isNewer = to.version === "newer" && fault.sizes[3] < NEWER_STATES_SHARE;
    change(places, to, isNewer);
    timeline.after(lasts, () => {
      if (faults.isOpen()) change(places, back);
    });
  }

  function begin(fault: PlannedFault): void {
    switch (fault.kind) {
      case "deployed":
        faults.strike(fault, "all hosts, one after another");
        change(hosts.places, {});
        return;
      case "deployedNewer":
        changeFor(fault, "a newer version", { version: "newer" }, { version: "current" });
        return;
      case "scheduleChanged": {
        const slotGap = Math.round(shape.slotGap * pick(GAPS, fault.sizes[0]));
        changeFor(fault, `a slot every ${slotGap / MINUTE} min`, { slotGap }, { slotGap: shape.slotGap });
        return;
      }
      case "storageChanged":
        changeFor(fault, "another account", { storageUrl: OTHER_STORAGE_URL }, { storageUrl: STORAGE_URL });
        return;
      default: {
        const left = pick(shape.hsms, fault.sizes[0]);
        const hsms = shape.hsms.filter((hsm) => hsm !== left);
        // Without any HSM the app registers only the routes and the timer that report it.
        if (hsms.length === 0) return;
        const isRejected = fault.sizes[3] < REJECTED_SHARE;
        const to = { hsms, rejected: isRejected ? [left] : [] };
        changeFor(fault, `${left} ${isRejected ? "is rejected" : "isn't configured"}`, to, {
          hsms: shape.hsms,
          rejected: [],
        });
      }
    }
  }
  for (const fault of faults.timed(KINDS)) timeline.at(fault.at, () => begin(fault));

  return {
    restore: () => {
      isRestored = true;
      const { hsms, slotGap } = shape;
      const settings = { version: "current", hsms, rejected: [], slotGap, storageUrl: STORAGE_URL } as const;
      change(hosts.places, settings);
    },
  };
}
