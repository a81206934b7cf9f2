import type { UserDelegationKey } from "@azure/storage-blob";
import { DAY, HOUR, MINUTE, millis } from "../../backup/instant.ts";

/** From when to when something is valid. */
export type Validity = { readonly startsOn: Date; readonly expiresOn: Date };

/** A SAS starts that long in the past, and so does a key: clocks differ. */
const CLOCK_SKEW = 15 * MINUTE;

// A key lives seven days at most (https://learn.microsoft.com/rest/api/storageservices/get-user-delegation-key), counted
// by the service's clock, which may be behind ours.
const KEY_LIFETIME = 7 * DAY;
const KEY_MARGIN = HOUR;

/** The time that a SAS of this lifetime is valid in, when it is minted at `now`. */
export const sasValidity = (now: Date, lifetime: number): Validity => ({
  startsOn: new Date(millis(now) - CLOCK_SKEW),
  expiresOn: new Date(millis(now) + lifetime),
});

/** The time that a key is asked for at `now`: as long as can be had. */
export const keyValidity = (now: Date): Validity => ({
  startsOn: new Date(millis(now) - CLOCK_SKEW),
  expiresOn: new Date(millis(now) + KEY_LIFETIME - KEY_MARGIN),
});

/** Whether a key signs a SAS for its whole life: a SAS ends with its key. */
export const outlives = (key: UserDelegationKey, sas: Validity): boolean =>
  key.signedStartsOn <= sas.startsOn && key.signedExpiresOn >= sas.expiresOn;

/** A key, and whether it was asked for only now. */
export type DelegationKey = { readonly key: UserDelegationKey; readonly isNew: boolean };

export type DelegationKeys = {
  /** A key that outlives the SAS, or the newest one that could be had. */
  readonly keyFor: (sas: Validity, now: Date) => Promise<DelegationKey>;
  /** Never gives out that key again: the service has refused it. */
  readonly forget: (key: UserDelegationKey) => void;
};

/**
 * Keeps the newest key in this process. Who comes while a key is being asked for waits for that one; a failure is kept
 * for nobody.
 */
export function delegationKeys(ask: (validity: Validity) => Promise<UserDelegationKey>): DelegationKeys {
  let kept: UserDelegationKey | undefined;
  let asked: Promise<UserDelegationKey> | undefined;

  async function askOnce(now: Date): Promise<UserDelegationKey> {
    asked ??= ask(keyValidity(now)).finally(() => {
      asked = undefined;
    });
    kept = await asked;
    return kept;
  }

  return {
    keyFor: async (sas, now) => {
      if (kept !== undefined && outlives(kept, sas)) return { key: kept, isNew: false };
      return { key: await askOnce(now), isNew: true };
    },
    forget: (key) => {
      if (kept?.value === key.value) kept = undefined;
    },
  };
}
