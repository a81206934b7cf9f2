import type { Operation } from "./wire/operations.ts";

/** How a call ended: `closed` when the caller went away before it was answered. */
export type Outcome = "pending" | "held" | "answerHeld" | "hanging" | "answered" | "dropped" | "closed";

/** A call that an HSM saw. Neither its token, its query (but for the version) nor its body is kept. */
export type Call = {
  readonly at: Date;
  readonly method: string;
  readonly path: string;
  readonly apiVersion: string | null;
  operation: Operation | null;
  outcome: Outcome;
  /** The status that it was, or would have been, answered with. */
  status: number | null;
  /** The fault that was scripted for its answer. */
  fault: string | null;
  /** Why it has no valid token: a 401 has no body. */
  tokenProblem: string | null;
  /** The job that it started or looked at. */
  jobId: string | null;
};

export const newCall = (at: Date, method: string, path: string, apiVersion: string | null): Call => ({
  at,
  method,
  path,
  apiVersion,
  operation: null,
  outcome: "pending",
  status: null,
  fault: null,
  tokenProblem: null,
  jobId: null,
});
