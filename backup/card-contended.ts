import { CallFailed } from "./call-failed.ts";

const PRECONDITION_FAILED = 412;

/** Every write of the card lost to somebody else's, `races` times in a row: more than our own processes can bring about. */
export const cardContended = (hsm: string, races: number): CallFailed =>
  new CallFailed({
    operation: "write the card",
    target: hsm,
    reason: "rejected",
    status: PRECONDITION_FAILED,
    code: "cardContended",
    said: `others changed it ${races} times in a row`,
    remedy: "Try again; if it stays so, find out which tool keeps changing the blobs of the ledger.",
  });
