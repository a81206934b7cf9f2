import { expect } from "vitest";
import { CallFailed, type FailureReason } from "../../../backup/model/call-failed.ts";
import { secretsIn } from "../../azure/secrets.ts";

const REASONS: Readonly<Record<FailureReason, true>> = {
  denied: true,
  sasRefused: true,
  busy: true,
  notFound: true,
  rejected: true,
  noAnswer: true,
  unreadable: true,
  ledgerMissing: true,
};
/** A failure's message goes into a record and a log line. */
const LONGEST_MESSAGE = 4_000;
/** How long past its limit a call may end on a busy machine, in milliseconds. */
const GRACE = 5_000;

export type Outcome<T> = { readonly value: T } | { readonly failed: CallFailed };

/**
 * What a call came to. @throws where it ends with anything else than `CallFailed`, in a way that shows a secret, says nothing
 * that helps, or not within its time limit
 * @param mayHold what a value may hold besides: blobs have whatever names they have
 */
export async function outcomeOf<T>(call: Promise<T>, limit: number, mayHold?: "anything"): Promise<Outcome<T>> {
  const outcome = await Promise.race([settled(call), tooLate(limit)]);
  if ("value" in outcome) {
    if (mayHold === undefined) expect(secretsIn(outcome.value)).toEqual([]);
    return outcome;
  }
  const { thrown } = outcome;
  if (!(thrown instanceof CallFailed)) throw thrown;
  expectTold(thrown);
  return { failed: thrown };
}

/** Like `outcomeOf`, where only a failure is right. */
export async function failedOf(call: Promise<unknown>, limit: number): Promise<CallFailed> {
  const outcome = await outcomeOf(call, limit);
  if ("failed" in outcome) return outcome.failed;
  throw new Error(`expected CallFailed, got ${JSON.stringify(outcome.value)}`);
}

function expectTold(thrown: CallFailed): void {
  const { failure, message } = thrown;
  expect(REASONS).toHaveProperty(failure.reason);
  expect(failure.remedy).toMatch(/\S/);
  expect(failure.code).toMatch(/\S/);
  expect(failure.code.length).toBeLessThanOrEqual(100);
  expect(message.length).toBeLessThanOrEqual(LONGEST_MESSAGE);
  expect(failure.status === null || Number.isInteger(failure.status)).toBe(true);
  expect(`${failure.code}${failure.said ?? ""}`).not.toMatch(/[\r\n]/);
  expect(secretsIn(thrown)).toEqual([]);
}

const settled = <T>(call: Promise<T>): Promise<{ readonly value: T } | { readonly thrown: unknown }> =>
  call.then(
    (value) => ({ value }),
    (thrown: unknown) => ({ thrown }),
  );

function tooLate(limit: number): Promise<never> {
  return new Promise((_, reject) => {
    const timer = setTimeout(() => reject(new Error(`the call took longer than its ${limit} ms`)), limit + GRACE);
    timer.unref();
  });
}

/** Milliseconds of work that a call is to this thread, however busy the machine is with other things. */
export async function workOf(call: () => Promise<unknown>): Promise<number> {
  const before = process.threadCpuUsage();
  await call();
  return process.threadCpuUsage(before).user / 1_000;
}
