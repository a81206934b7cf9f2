import type { managedHsm } from "../../../azure/managed-hsm/managed-hsm.ts";
import { credential } from "../secrets.ts";

/** Longer than anything takes that is answered at all. */
const LONG_MILLISECONDS = 20_000;

/** A client that never runs out of time, and doesn't wait before it tries again. */
export const PATIENT: Parameters<typeof managedHsm>[0] = {
  credential,
  apiVersion: "7.4",
  startTimeLimit: LONG_MILLISECONDS,
  callTimeLimit: LONG_MILLISECONDS,
  retryDelay: 1,
};
