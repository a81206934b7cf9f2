import { CallFailed, type CallFailure } from "../../backup/model/call-failed.ts";

/** The failure that a call ends with. @throws where it succeeds, or fails with anything else than `CallFailed`. */
export async function failureOfCall(call: Promise<unknown>): Promise<CallFailure> {
  return (await errorOfCall(call)).failure;
}

export async function errorOfCall(call: Promise<unknown>): Promise<CallFailed> {
  let value: unknown;
  try {
    value = await call;
  } catch (thrown) {
    if (thrown instanceof CallFailed) return thrown;
    throw thrown;
  }
  throw new Error(`Expected CallFailed, got ${JSON.stringify(value)}`);
}
