import { CallFailed, type FailureReason } from "../../backup/model/call-failed.ts";

/** What the adapters of the real services throw, as far as the product decides on it. */
export const fakeFailure = (
  operation: string,
  target: string,
  refused: { readonly reason: FailureReason; readonly status: number; readonly code: string; readonly remedy?: string },
): CallFailed => new CallFailed({ remedy: "This is a fake: look at the test.", ...refused, operation, target });
