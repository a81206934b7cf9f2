import { type Clock, systemClock } from "./clock.ts";
import type { RegisteredFunction } from "./core-module.ts";
import { describeStorageError } from "./host-storage.ts";
import type { Invoker } from "./invoke.ts";
import type { Listener } from "./listener.ts";
import type { Log } from "./log.ts";
import { untilDone } from "./retry.ts";
import type { ScheduleMonitor } from "./schedule-monitor.ts";
import { judgeAtStart, type ScheduleStatus, statusAfter, toStoredStatus } from "./schedule-status.ts";
import type { AcquireLock } from "./singleton-lock.ts";
import type { Schedule } from "./timer-schedule.ts";
import type { TimerTrigger } from "./triggers.ts";

export type TimerListenerOptions = {
  readonly fn: RegisteredFunction;
  readonly trigger: TimerTrigger;
  readonly schedule: Schedule;
  /** Undefined for a schedule with an interval under one minute: it has no monitor. */
  readonly monitor: ScheduleMonitor | undefined;
  readonly acquireLock: AcquireLock;
  readonly invoker: Invoker;
  readonly log: Log;
  readonly clock?: Clock;
};

/** setTimeout waits 2^31 - 1 ms at most; a longer pause is split. */
const LONGEST_PAUSE_MS = 86_400_000;

/** Fires a timer function while this host holds the lock of the timer, one invocation at a time. */
export function listenToTimer(options: TimerListenerOptions): Listener {
  const stopping = new AbortController();
  const serve = async (): Promise<void> => {
    for (;;) {
      const lock = await options.acquireLock(stopping.signal);
      if (lock === undefined) return;
      try {
        await keepFiring(options, AbortSignal.any([stopping.signal, lock.lost]));
      } finally {
        await lock.release();
      }
    }
  };
  const serving = serve();
  return {
    stop: async () => {
      stopping.abort();
      await serving;
    },
  };
}

async function keepFiring(options: TimerListenerOptions, held: AbortSignal): Promise<void> {
  const { fn, trigger, schedule, monitor, log, clock = systemClock } = options;
  const stored = await untilDone(`Reading the monitor of ${fn.name}`, log, held, async () => monitor?.read(), clock);
  if (held.aborted) return;
  const judged = judgeAtStart(stored, schedule, new Date(clock.now()));
  let status = judged.status;
  if (judged.hasChanged)
    await untilDone(`Writing the monitor of ${fn.name}`, log, held, async () => monitor?.write(status), clock);

  if (judged.isPastDue) status = await fire(options, status, { isPastDue: true, due: undefined });
  else if (trigger.runOnStartup && !held.aborted)
    status = await fire(options, status, { isPastDue: false, due: undefined });

  for (;;) {
    await pauseUntil(status.next, held, clock);
    if (held.aborted) return;
    status = await fire(options, status, { isPastDue: false, due: status.next });
  }
}

/**
 * The status is written after the invocation, successful or not. A host that is killed during the invocation fires the
 * occurrence again at the next start, as past due.
 */
async function fire(
  { fn, trigger, schedule, monitor, invoker, log, clock = systemClock }: TimerListenerOptions,
  status: ScheduleStatus,
  { isPastDue, due }: { readonly isPastDue: boolean; readonly due: Date | undefined },
): Promise<ScheduleStatus> {
  const firedAt = new Date(clock.now());
  const input = {
    Schedule: { AdjustForDST: true },
    ScheduleStatus: monitor === undefined ? null : toStoredStatus(status),
    IsPastDue: isPastDue,
  };
  await invoker.invoke(fn, {
    binding: trigger.binding,
    data: { json: JSON.stringify(input) },
    triggerMetadata: {},
  });
  const after = statusAfter(firedAt, due, schedule);
  try {
    await monitor?.write(after);
  } catch (error) {
    log.host("warning", `The monitor of ${fn.name} could not be written: ${describeStorageError(error)}`);
  }
  return after;
}

async function pauseUntil(instant: Date, signal: AbortSignal, clock: Clock): Promise<void> {
  for (;;) {
    const left = instant.getTime() - clock.now();
    if (left <= 0 || signal.aborted) return;
    await clock.pause(Math.min(left, LONGEST_PAUSE_MS), signal);
  }
}
