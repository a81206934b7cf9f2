import { CallFailed, type FailureReason } from "../../backup/call-failed.ts";

/** What the adapters of the real services throw, as far as the product decides on it. */
export const fakeFailure = (
  operation: string,
  target: string,
  refused: { readonly reason: FailureReason; readonly status: number; readonly code: string },
): CallFailed => new CallFailed({ operation, target, ...refused, remedy: "This is a fake: look at the test." });
