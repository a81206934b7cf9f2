import type { Probes } from "../../backup/ports.ts";

const notNeeded = (): Promise<never> => Promise.reject(new Error("This test has no doctor."));

/** The probes of a world in which no doctor is asked. */
export const noProbes: Probes = {
  getIdentity: notNeeded,
  countMessages: notNeeded,
  checkBackupAccount: notNeeded,
  readClock: notNeeded,
  readLastTick: notNeeded,
};
