import { HOUR, MINUTE } from "../../../backup/model/instant.ts";
import type { Authentication } from "../../../backup/model/settings.ts";
import { pick, randomStream, wholeFrom } from "../random.ts";

/** What a world is like before anything goes wrong. Times in milliseconds. */
export type Shape = {
  readonly hsms: readonly string[];
  readonly places: number;
  readonly begin: number;
  readonly faultsStopAt: number;
  readonly endAt: number;
  readonly slotGap: number;
  readonly deadline: number;
  readonly maxAge: number | null;
  readonly authentication: Authentication;
  readonly sasLifetime: number;
  /** The host's own storage asks for tokens as well; else it has a connection string. */
  readonly isHostStorageByIdentity: boolean;
};

const HSM_NAMES = ["contoso", "fabrikam", "adatum"];
const MIDNIGHT = Date.parse("2026-11-23T00:00:00Z");
const SLOT_GAPS = [1.5 * HOUR, 1.5 * HOUR, 1.5 * HOUR, 2 * HOUR, 2.25 * HOUR];
/** Once the faults have stopped, a run must have ended within this time after its deadline. */
const END_GRACE = 45 * MINUTE;
/** No host's clock is further off. */
export const LARGEST_SKEW = 5 * MINUTE;
/** Worlds whose HSMs write with an identity of their own. */
const OWN_IDENTITY_SHARE = 0.2;
/** Time for the calm slot's run: until the timer, its first step, its job and its end. */
const LAST_RUN = 35 * MINUTE;

/** The settings of the world by its seed: slots about every 2 h, a deadline about 1 h, faults for 3 to 4 h, then calm. */
export function drawShape(seed: number): Shape {
  const random = randomStream(seed, "shape");
  const hsms = HSM_NAMES.slice(0, pick([1, 1, 1, 2, 2, 2, 3], random()));
  const slotGap = pick(SLOT_GAPS, random());
  const deadline = wholeFrom(random(), 45, 76) * MINUTE;
  const firstSlot = Math.ceil(MIDNIGHT / slotGap) * slotGap + slotGap;
  const begin = firstSlot - wholeFrom(random(), 1, 11) * MINUTE;
  const faultsStopAt = begin + wholeFrom(random(), 3 * HOUR, 4 * HOUR);
  const allEndedAt = faultsStopAt + deadline + END_GRACE + LARGEST_SKEW;
  const firstCalmSlot = Math.ceil(allEndedAt / slotGap) * slotGap;
  return {
    hsms,
    places: wholeFrom(random(), 2, 4),
    begin,
    faultsStopAt,
    endAt: firstCalmSlot + LAST_RUN,
    slotGap,
    deadline,
    maxAge: pick([null, slotGap + 30 * MINUTE], random()),
    sasLifetime: pick([25 * HOUR, 25 * HOUR, deadline + 10 * MINUTE], random()),
    isHostStorageByIdentity: random() < 0.5,
    authentication: random() < OWN_IDENTITY_SHARE ? "managedIdentity" : "sas",
  };
}
