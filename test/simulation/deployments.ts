import { MINUTE, SECOND } from "../../backup/instant.ts";
import type { FaultKind } from "./facts.ts";
import type { PlannedFault } from "./fault-plan.ts";
import type { Place } from "./host-process.ts";
import type { Hosts } from "./hosts.ts";
import { pick } from "./random.ts";
import type { Stage } from "./stage.ts";

const KINDS: ReadonlySet<FaultKind> = new Set<FaultKind>(["deployed", "deployedNewer", "hsmLeftSettings"]);
const LONGEST_PAUSE = 45 * SECOND;
const SALT = 71;
const SHORTEST_NEWER = 2 * MINUTE;
const LONGEST_NEWER = 75 * MINUTE;
const SHORTEST_LEFT = 3 * MINUTE;
const LONGEST_LEFT = 150 * MINUTE;
/** Of the changed settings, those that reach only some of the hosts. */
const PARTIAL_SHARE = 0.35;

export type Deployments = {
  /** Everybody on this version and on the whole settings. */
  readonly makeGood: () => void;
};

/** New versions and new settings: all hosts are replaced one after another, the old and the new one side by side for a minute. */
export function runDeployments(stage: Stage, hosts: Hosts): Deployments {
  const { faults, timeline, shape, tell } = stage;
  const left = new Set<string>();

  /** Places whose process is still the one from before. */
  const waiting = new Set<Place>();
  let isMadeGood = false;

  /** What a place is to have is known at once: whoever is started there from now on has it, also for another reason. */
  function replaceAll(places: readonly Place[], change: (place: Place) => void): void {
    let delay = 0;
    const isLast = isMadeGood;
    for (const place of places) {
      change(place);
      waiting.add(place);
    }
    for (const place of places) {
      timeline.after(delay, () => {
        // A deployment that is under way when all is made good goes no further.
        if (isMadeGood !== isLast) return;
        waiting.delete(place);
        hosts.replace(place);
      });
      delay += SECOND + timeline.noise(SALT) * LONGEST_PAUSE;
    }
  }
  const setVersion = (version: Place["version"]): void =>
    replaceAll(hosts.places, (place) => {
      place.version = version;
    });
  const setHsms = (places: readonly Place[]): void => {
    const hsms = shape.hsms.filter((hsm) => !left.has(hsm));
    tell({ kind: "settingsChanged", hsms, isEverywhere: places.length === hosts.places.length });
    replaceAll(places, (place) => {
      place.hsms = hsms;
    });
  };

  function runNewer(fault: PlannedFault): void {
    const lasts = SHORTEST_NEWER + fault.sizes[0] ** 2 * LONGEST_NEWER;
    faults.strike(fault, `for ${(lasts / MINUTE).toFixed(1)} min, then rolled back`);
    setVersion("newer");
    timeline.after(lasts, () => {
      if (faults.isOpen()) setVersion("current");
    });
  }

  function leave(fault: PlannedFault): void {
    const hsm = pick(shape.hsms, fault.sizes[0]);
    // With no HSM left the app would refuse to load: no backup could be made at all.
    if (left.has(hsm) || left.size + 1 >= shape.hsms.length) return;
    const isPartial = fault.sizes[1] < PARTIAL_SHARE;
    const places = isPartial ? hosts.places.slice(0, 1) : hosts.places;
    const lasts = SHORTEST_LEFT + fault.sizes[2] ** 2 * LONGEST_LEFT;
    faults.strike(fault, `${hsm}, ${isPartial ? "on one host, " : ""}for ${(lasts / MINUTE).toFixed(1)} min`);
    left.add(hsm);
    setHsms(places);
    timeline.after(lasts, () => {
      if (!faults.isOpen()) return;
      left.delete(hsm);
      setHsms(places);
    });
  }

  function begin(fault: PlannedFault): void {
    if (fault.kind === "hsmLeftSettings") {
      leave(fault);
      return;
    }
    if (fault.kind === "deployedNewer") {
      runNewer(fault);
      return;
    }
    faults.strike(fault, "all hosts, one after another");
    replaceAll(hosts.places, () => undefined);
  }
  for (const fault of faults.timed(KINDS)) timeline.at(fault.at, () => begin(fault));

  return {
    makeGood: () => {
      isMadeGood = true;
      const isToChange = (place: Place): boolean =>
        place.version !== "current" || place.hsms.length < shape.hsms.length || waiting.has(place);
      if (left.size > 0) tell({ kind: "settingsChanged", hsms: shape.hsms, isEverywhere: true });
      left.clear();
      replaceAll(hosts.places.filter(isToChange), (place) => {
        place.version = "current";
        place.hsms = shape.hsms;
      });
    },
  };
}
