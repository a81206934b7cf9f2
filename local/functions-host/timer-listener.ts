import type { RegisteredFunction } from "./core-module.ts";
import { describeStorageError } from "./host-storage.ts";
import type { Invoker } from "./invoke.ts";
import type { Listener } from "./listener.ts";
import type { Log } from "./log.ts";
import { pause, untilDone } from "./retry.ts";
import type { ScheduleMonitor } from "./schedule-monitor.ts";
import { judgeAtStart, type ScheduleStatus, statusAfter, toStoredStatus } from "./schedule-status.ts";
import type { AcquireLock } from "./singleton-lock.ts";
import type { Schedule } from "./timer-schedule.ts";
import type { TimerTrigger } from "./triggers.ts";

export type TimerListenerOptions = {
  readonly fn: RegisteredFunction;
  readonly trigger: TimerTrigger;
  readonly schedule: Schedule;
  /** Undefined for a schedule of less than a minute, which isn't monitored. */
  readonly monitor: ScheduleMonitor | undefined;
  readonly acquireLock: AcquireLock;
  readonly invoker: Invoker;
  readonly log: Log;
};

/** setTimeout takes no longer pause than 2^31 - 1 ms; longer ones are made of several. */
const LONGEST_PAUSE_MS = 86_400_000;

/** Fires a timer function as long as it holds the timer's lock, one invocation at a time. */
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
  const { fn, trigger, schedule, monitor, log } = options;
  const stored = await untilDone(`Reading the monitor of ${fn.name}`, log, held, async () => monitor?.read());
  if (held.aborted) return;
  const judged = judgeAtStart(stored, schedule, new Date());
  let status = judged.status;
  if (judged.hasChanged)
    await untilDone(`Writing the monitor of ${fn.name}`, log, held, async () => monitor?.write(status));

  if (judged.isPastDue) status = await fire(options, status, { isPastDue: true, due: undefined });
  else if (trigger.runOnStartup && !held.aborted)
    status = await fire(options, status, { isPastDue: false, due: undefined });

  for (;;) {
    await pauseUntil(status.next, held);
    if (held.aborted) return;
    status = await fire(options, status, { isPastDue: false, due: status.next });
  }
}

/**
 * The status is written when the invocation has ended, well or not: a host that was killed in between fires the occurrence
 * again, as past due.
 */
async function fire(
  { fn, trigger, schedule, monitor, invoker, log }: TimerListenerOptions,
  status: ScheduleStatus,
  { isPastDue, due }: { readonly isPastDue: boolean; readonly due: Date | undefined },
): Promise<ScheduleStatus> {
  const firedAt = new Date();
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

async function pauseUntil(instant: Date, signal: AbortSignal): Promise<void> {
  for (;;) {
    const left = instant.getTime() - Date.now();
    if (left <= 0 || signal.aborted) return;
    await pause(Math.min(left, LONGEST_PAUSE_MS), signal);
  }
}
