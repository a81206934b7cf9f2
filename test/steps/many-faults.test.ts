import fc from "fast-check";
import { expect, test } from "vitest";
import { HOUR, MINUTE } from "../../backup/model/instant.ts";
import { FAULTS, type Fault, withFaults } from "./faults.ts";
import { makeProductWorld, SLOT, STORAGE_URL, startByHand } from "./product-world.ts";

/** Faults drawn from a list, one for each call, none when it is used up. */
function drawFrom(faults: readonly (Fault | null)[]) {
  let calls = 0;
  return (): Fault | undefined => faults[calls++] ?? undefined;
}

// From no fault to two of every three calls, in any order.
const anyFaults = fc
  .integer({ min: 1, max: 20 })
  .chain((calm) =>
    fc.array(
      fc.oneof({ weight: calm, arbitrary: fc.constant(null) }, { weight: 2, arbitrary: fc.constantFrom(...FAULTS) }),
      { minLength: 20, maxLength: 300, size: "max" },
    ),
  );

test("whatever calls fail and whenever processes die: in the end every run has ended, is recorded and logged, and the slot has its verified backup", async () => {
  await fc.assert(
    fc.asyncProperty(anyFaults, fc.boolean(), fc.integer({ min: 1, max: 90 }), async (faults, isByHand, minutes) => {
      const world = makeProductWorld();
      const faulty = withFaults(world.ports, drawFrom(faults));
      await world.passTime(minutes * MINUTE, faulty.of);
      const answer = isByHand ? await startByHand(faulty.of()).catch(() => "unknown") : "none";
      await world.passTime(18 * HOUR, faulty.of);

      const records = await world.historyOf("contoso");
      const { active, runs } = await world.stateOf("contoso");
      const logged = new Set(
        world.eventsOf("backup.succeeded", "backup.failed", "backup.timedOut").map(({ run }) => run),
      );
      expect(active).toBeNull();
      expect(new Set(runs.map(({ id }) => id))).toEqual(new Set(records.map(({ id }) => id)));
      expect(records.filter(({ id }) => !logged.has(id))).toEqual([]);
      const successes = records.filter(({ state }) => state === "Succeeded");
      expect(successes.filter(({ startedAt }) => startedAt >= SLOT).length).toBeGreaterThan(0);
      expect(successes.filter(({ slot }) => slot === SLOT).length).toBeLessThanOrEqual(1);
      if (answer === "reserved") expect(records.some(({ trigger }) => trigger === "manual")).toBe(true);
      if (answer === "busy") expect(records.some(({ trigger }) => trigger === "manual")).toBe(false);
      for (const { container, folderUrl, blobCount, bytes } of successes) {
        const folder = folderUrl?.slice(`${STORAGE_URL}/${container}/`.length) ?? "";
        expect(await world.ports.countBlobs(container, folder)).toEqual({ blobCount, bytes });
      }
      expect(world.queue.all()).toEqual([]);
    }),
    { numRuns: 40, seed: 20261123 },
  );
});
