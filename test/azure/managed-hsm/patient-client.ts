import type { managedHsm } from "../../../azure/managed-hsm/managed-hsm.ts";
import { identity } from "../secrets.ts";

/** Longer than any call takes that gets an answer. */
const LONG_MILLISECONDS = 20_000;

/** A client that never runs out of time, and doesn't wait before it tries again. */
export const PATIENT: Parameters<typeof managedHsm>[0] = {
  identity,
  apiVersion: "7.4",
  startTimeLimit: LONG_MILLISECONDS,
  callTimeLimit: LONG_MILLISECONDS,
  now: () => new Date(),
  retryDelay: 1,
};
