import { failureOf } from "./call-failed.ts";
import type { Deps } from "./deps.ts";
import type { Clock, Seen } from "./settle.ts";

/** Calls, and makes what was thrown a failure that a decision can be taken on. */
export async function seen<T>(call: () => Promise<T>, operation: string, target: string): Promise<Seen<T>> {
  try {
    return { value: await call() };
  } catch (thrown) {
    return { failure: failureOf(thrown, operation, target) };
  }
}

export const clockOf = ({ now, intervals }: Deps): Clock => ({ now: now(), intervals });
