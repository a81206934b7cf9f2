import fc from "fast-check";
import { expect, test } from "vitest";
import { HOUR, MINUTE } from "../../backup/instant.ts";
import { isEnded } from "../../backup/run.ts";
import { startRun } from "../../backup/start-run.ts";
import { FAULTS, type Fault, withFaults } from "./faults.ts";
import { makeProductWorld, STORAGE_URL } from "./product-world.ts";

/** Faults drawn from a list, one for each call, none when it is used up. */
function drawFrom(faults: readonly (Fault | null)[]) {
  let calls = 0;
  return (): Fault | undefined => faults[calls++] ?? undefined;
}

// Between no fault at all and two of three calls, in any order.
const anyFaults = fc.integer({ min: 1, max: 20 }).chain((calm) =>
  fc.array(
    fc.oneof({ weight: calm, arbitrary: fc.constant(null) }, { weight: 2, arbitrary: fc.constantFrom(...FAULTS) }),
    {
      minLength: 20,
      maxLength: 400,
      size: "max",
    },
  ),
);

test("whatever calls fail and whenever processes die: once it is calm, every run has ended, every end is told, and the slot has its verified backup", async () => {
  await fc.assert(
    fc.asyncProperty(anyFaults, fc.boolean(), fc.integer({ min: 1, max: 90 }), async (faults, byHand, minutes) => {
      const world = makeProductWorld();
      const faulty = withFaults(world.deps, drawFrom(faults));
      // Nothing is promised of slots before the HSM was first seen.
      await world.passTime(4 * MINUTE);
      await world.passTime(minutes * MINUTE, faulty.of);
      if (byHand) {
        const request = { trigger: "manual", key: "k", traceparent: null } as const;
        await startRun(faulty.of(), "contoso", request).catch(() => undefined);
      }
      await world.passTime(20 * HOUR, faulty.of);

      const runs = world.runsOf("contoso");
      const card = await world.cardOf("contoso");
      const told = new Set(
        world.eventsOf("backup.succeeded", "backup.failed", "backup.timedOut").map(({ run }) => run),
      );
      expect(runs.filter((run) => !isEnded(run))).toEqual([]);
      expect(runs.map(({ id }) => id).filter((id) => !told.has(id))).toEqual([]);
      expect(card.active).toBeNull();
      expect(new Set(card.runs.map(({ id }) => id))).toEqual(new Set(runs.map(({ id }) => id)));
      const bySchedule = runs.filter(({ slot, state }) => slot !== null && state === "Succeeded");
      const successes = runs.filter(({ state }) => state === "Succeeded");
      expect(successes.length).toBeGreaterThan(0);
      expect(bySchedule.length).toBeLessThanOrEqual(1);
      for (const run of successes) {
        if (run.state !== "Succeeded") continue;
        const folder = run.folderUrl.slice(`${STORAGE_URL}/${run.container}/`.length);
        const listed = await world.deps.countBlobs(run.container, folder);
        expect(listed).toEqual({ blobCount: run.blobCount, bytes: run.bytes });
      }
      expect(world.queue.all()).toEqual([]);
    }),
    { numRuns: 150, seed: 20261123 },
  );
}, 120_000);
