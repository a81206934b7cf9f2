import { beforeEach, expect } from "vitest";
import { until } from "../../until.ts";
import { asList, type CallOptions, call, control, type Reply } from "./hsm-client.ts";
import { type Place, type StoredWorld, useStoredWorld } from "./stored-world.ts";

export type ScriptedWorld = StoredWorld & {
  readonly place: Place;
  readonly script: (...faults: readonly object[]) => Promise<void>;
  /** Starts a backup of contoso into the place. */
  readonly start: (options?: CallOptions) => Promise<Reply>;
  /** Asks for the status of a backup of contoso. */
  readonly look: (jobId: unknown, options?: CallOptions) => Promise<Reply>;
  readonly lastCall: () => Promise<Record<string, unknown>>;
  readonly lastJob: () => Promise<Record<string, unknown>>;
  readonly countJobs: () => Promise<number>;
  readonly untilOutcome: (outcome: string) => Promise<void>;
};

/** A world whose jobs take no time, and whose HSM is idle and without script before each test. */
export function useScriptedWorld(): () => ScriptedWorld {
  const world = useStoredWorld({ uploadSeconds: 0 });
  let place: Place | undefined;
  beforeEach(async () => {
    const { contoso, makePlace } = world();
    await control(contoso, "DELETE", "faults");
    await control(contoso, "DELETE", "jobs");
    place = await makePlace();
  });
  return () => {
    if (place === undefined) throw new Error("The place is there only while tests run.");
    return addVerbs(world(), place);
  };
}

function addVerbs(world: StoredWorld, place: Place): ScriptedWorld {
  const { contoso } = world;
  const { storageResourceUri, token } = place;
  const readState = async () => (await control(contoso, "GET", "state")).body;
  const lastCall = async () => asList((await readState()).calls).at(-1) ?? {};
  return {
    ...world,
    place,
    script: async (...faults) => {
      expect((await control(contoso, "POST", "faults", faults)).status).toBe(204);
    },
    start: (options) => call(contoso, "POST", "backup", { body: { storageResourceUri, token }, ...options }),
    look: (jobId, options) => call(contoso, "GET", `backup/${jobId}/pending`, options),
    lastCall,
    lastJob: async () => asList((await readState()).jobs).at(-1) ?? {},
    countJobs: async () => asList((await readState()).jobs).length,
    untilOutcome: async (outcome) => {
      await until(`a call that is ${outcome}`, async () => (await lastCall()).outcome === outcome);
    },
  };
}
