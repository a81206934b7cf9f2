import type { UserDelegationKey } from "@azure/storage-blob";
import { expect, test } from "vitest";
import {
  delegationKeys,
  keyValidity,
  outlives,
  sasValidity,
  type Validity,
} from "../../../azure/storage/delegation-key.ts";
import { DAY, HOUR, MINUTE } from "../../../backup/instant.ts";

const NOW = new Date("2026-11-23T02:00:00.000Z");
const later = (ms: number): Date => new Date(NOW.getTime() + ms);

/** A service that gives keys as asked for, numbered. */
function keyService() {
  let given = 0;
  return (validity: Validity): Promise<UserDelegationKey> => Promise.resolve(keyOf(validity, `key ${++given}`));
}

const keyOf = ({ startsOn, expiresOn }: Validity, value: string): UserDelegationKey => ({
  signedObjectId: "object",
  signedTenantId: "tenant",
  signedStartsOn: startsOn,
  signedExpiresOn: expiresOn,
  signedService: "b",
  signedVersion: "2026-02-06",
  value,
});

test("a SAS starts 15 minutes back and ends after its lifetime; a key lives a little less than seven days", () => {
  expect(sasValidity(NOW, 25 * HOUR)).toEqual({ startsOn: later(-15 * MINUTE), expiresOn: later(25 * HOUR) });
  const { startsOn, expiresOn } = keyValidity(NOW);
  expect(startsOn).toEqual(later(-15 * MINUTE));
  expect(expiresOn.getTime() - startsOn.getTime()).toBeLessThan(7 * DAY);
  expect(outlives(keyOf({ startsOn, expiresOn }, "key"), sasValidity(NOW, 6 * DAY))).toBe(true);
});

const rows: readonly (readonly [string, Validity, boolean])[] = [
  ["as long", { startsOn: later(0), expiresOn: later(HOUR) }, true],
  ["longer on both sides", { startsOn: later(-1), expiresOn: later(HOUR + 1) }, true],
  ["a millisecond late", { startsOn: later(1), expiresOn: later(HOUR) }, false],
  ["a millisecond short", { startsOn: later(0), expiresOn: later(HOUR - 1) }, false],
];
test.each(rows)("a key that lives %s outlives the SAS or doesn't", (_, key, expected) => {
  expect(outlives(keyOf(key, "key"), { startsOn: later(0), expiresOn: later(HOUR) })).toBe(expected);
});

test("a key is kept as long as it outlives the SAS, and then another one is asked for", async () => {
  const keys = delegationKeys(keyService());
  const keyAt = async (at: Date) => {
    const { key, isNew } = await keys.keyFor(sasValidity(at, 25 * HOUR), at);
    return [key.value, isNew];
  };
  expect(await keyAt(NOW)).toEqual(["key 1", true]);
  expect(await keyAt(later(5 * DAY))).toEqual(["key 1", false]);
  expect(await keyAt(later(6 * DAY))).toEqual(["key 2", true]);
  expect(await keyAt(later(6 * DAY + MINUTE))).toEqual(["key 2", false]);
  // The clock was set back: no kept key starts early enough.
  expect(await keyAt(later(-DAY))).toEqual(["key 3", true]);
});

test("calls at once get the same key", async () => {
  const keys = delegationKeys(keyService());
  const sas = sasValidity(NOW, HOUR);
  const got = await Promise.all([1, 2, 3].map(() => keys.keyFor(sas, NOW)));
  expect(got.map(({ key }) => key.value)).toEqual(["key 1", "key 1", "key 1"]);
});

test("a failure is told to all who waited for it, and the next call asks again", async () => {
  const ask = keyService();
  let isDown = true;
  const keys = delegationKeys((validity) => (isDown ? Promise.reject(new Error("down")) : ask(validity)));
  const sas = sasValidity(NOW, HOUR);
  const both = await Promise.allSettled([keys.keyFor(sas, NOW), keys.keyFor(sas, NOW)]);
  expect(both.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  isDown = false;
  expect((await keys.keyFor(sas, NOW)).key.value).toBe("key 1");
});

test("a forgotten key is not given out again; forgetting an older one does nothing", async () => {
  const keys = delegationKeys(keyService());
  const sas = sasValidity(NOW, HOUR);
  const { key: first } = await keys.keyFor(sas, NOW);
  keys.forget(first);
  expect((await keys.keyFor(sas, NOW)).key.value).toBe("key 2");
  keys.forget(first);
  expect((await keys.keyFor(sas, NOW)).key.value).toBe("key 2");
});
