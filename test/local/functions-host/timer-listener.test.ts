import { expect, onTestFinished, test } from "vitest";
import type { ScheduleMonitor } from "../../../local/functions-host/schedule-monitor.ts";
import { parseStoredStatus, type ScheduleStatus } from "../../../local/functions-host/schedule-status.ts";
import { type AcquireLock, noLock } from "../../../local/functions-host/singleton-lock.ts";
import { listenToTimer } from "../../../local/functions-host/timer-listener.ts";
import { parseSchedule } from "../../../local/functions-host/timer-schedule.ts";
import { createManualClock } from "./manual-clock.ts";
import { FUNCTION, recordInvocations, recordLog } from "./recorders.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const HALF_PAST_ONE = "2026-11-23T01:30:00.000Z";
const at = (text: string): Date => new Date(text);

type Wanted = {
  readonly stored?: ScheduleStatus;
  readonly schedule?: string;
  readonly runOnStartup?: boolean;
  readonly acquireLock?: AcquireLock;
  readonly run?: () => Promise<boolean>;
  readonly write?: ScheduleMonitor["write"];
};

/** A listener on an hourly timer at half past one, on a clock that the test advances. */
function listen({ stored, schedule = "0 0 * * * *", runOnStartup = false, acquireLock = noLock, ...wanted }: Wanted) {
  const clock = createManualClock(at(HALF_PAST_ONE));
  const { log, lines } = recordLog();
  const { invoker, inputs } = recordInvocations(wanted.run);
  const written: ScheduleStatus[] = [];
  const write = wanted.write ?? (async (status: ScheduleStatus) => void written.push(status));
  const listener = listenToTimer({
    fn: FUNCTION,
    trigger: { kind: "timer", binding: "timer", schedule, runOnStartup, useMonitor: true },
    schedule: parseSchedule(schedule),
    monitor: { read: async () => stored, write },
    acquireLock,
    invoker,
    log,
    clock,
  });
  onTestFinished(listener.stop);
  const fired = () => inputs.map(({ data }) => JSON.parse("json" in data ? data.json : ""));
  return { clock, fired, written, lines, listener };
}

const missed: ScheduleStatus = {
  last: at("2026-11-23T00:00:00Z"),
  next: at("2026-11-23T01:00:00Z"),
  lastUpdated: at("2026-11-23T00:00:00Z"),
};

test("a new timer writes its next occurrence, fires at each occurrence and not before", async () => {
  const { clock, fired, written } = listen({});
  expect(await clock.nextPause()).toBe(HOUR_MS / 2);
  expect(fired()).toEqual([]);
  expect(written).toEqual([{ last: undefined, next: at("2026-11-23T02:00:00Z"), lastUpdated: at(HALF_PAST_ONE) }]);

  clock.advance(HOUR_MS / 2);
  expect(await clock.nextPause()).toBe(HOUR_MS);
  expect(fired()).toMatchObject([{ IsPastDue: false, ScheduleStatus: { Next: "2026-11-23T02:00:00.000+00:00" } }]);
  expect(written.at(-1)).toMatchObject({ last: at("2026-11-23T02:00:00Z"), next: at("2026-11-23T03:00:00Z") });

  clock.advance(HOUR_MS);
  await clock.nextPause();
  expect(fired()).toHaveLength(2);
});

test("an occurrence that was missed while no host ran fires once at the start, as past due", async () => {
  const { clock, fired, written } = listen({ stored: missed });
  expect(await clock.nextPause()).toBe(HOUR_MS / 2);
  expect(fired()).toMatchObject([{ IsPastDue: true, ScheduleStatus: { Last: "2026-11-23T00:00:00.000+00:00" } }]);
  expect(written).toMatchObject([{ last: at(HALF_PAST_ONE), next: at("2026-11-23T02:00:00Z") }]);
});

test("a schedule that changed since is not past due", async () => {
  const { clock, fired } = listen({ stored: { ...missed, next: at("2026-11-23T00:30:00Z") } });
  expect(await clock.nextPause()).toBe(HOUR_MS / 2);
  expect(fired()).toEqual([]);
});

test("with runOnStartup the timer fires at the start, not past due", async () => {
  const { clock, fired } = listen({ runOnStartup: true });
  await clock.nextPause();
  expect(fired()).toMatchObject([{ IsPastDue: false }]);
});

test("one invocation runs at a time, and the status is written after it, also after a failure", async () => {
  const started = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<boolean>();
  const run = () => {
    started.resolve();
    return ended.promise;
  };
  const { clock, fired, written } = listen({ stored: missed, run });
  await started.promise;
  clock.advance(3 * HOUR_MS);
  expect(fired()).toHaveLength(1);
  expect(written).toEqual([]);
  ended.resolve(false);
  await clock.nextPause();
  expect(written[0]).toMatchObject({ last: at(HALF_PAST_ONE) });
});

test("a timer whose status can't be written logs that and fires at its next occurrence", async () => {
  const write = (): Promise<void> => Promise.reject(new Error("no storage"));
  const { clock, fired, lines } = listen({ stored: missed, write });
  await clock.nextPause();
  expect(lines).toEqual(["warning host The monitor of work could not be written: Error"]);
  clock.advance(HOUR_MS / 2);
  await clock.nextPause();
  expect(fired()).toHaveLength(2);
});

test("a listener that loses the lock acquires it again before it fires, and releases it at the end", async () => {
  const lost = [new AbortController(), new AbortController()];
  const released: number[] = [];
  let acquired = -1;
  const acquireLock: AcquireLock = async (signal) => {
    const controller = lost[acquired + 1];
    if (signal.aborted || controller === undefined) return undefined;
    acquired += 1;
    const index = acquired;
    return { lost: controller.signal, release: async () => void released.push(index) };
  };
  const { clock, fired, listener } = listen({ acquireLock });
  await clock.nextPause();
  lost[0]?.abort();
  await clock.nextPause();
  expect({ acquired, released, fired: fired() }).toEqual({ acquired: 1, released: [0], fired: [] });
  clock.advance(HOUR_MS / 2);
  await clock.nextPause();
  expect(fired()).toHaveLength(1);
  await listener.stop();
  expect(released).toEqual([0, 1]);
});

test("a pause that is too long for a Node timer is split", async () => {
  const { clock, fired } = listen({ schedule: "0 0 0 1 Jan *" });
  expect(await clock.nextPause()).toBe(DAY_MS);
  clock.advance(DAY_MS);
  expect(await clock.nextPause()).toBe(DAY_MS);
  expect(fired()).toEqual([]);
});

test("the status that is handed to the function is the one that the monitor stores", async () => {
  const { clock, fired } = listen({ stored: missed });
  await clock.nextPause();
  expect(parseStoredStatus(JSON.stringify(fired()[0].ScheduleStatus))).toEqual(missed);
});
