import { after, earliest, type Instant, millis, SECOND } from "../model/instant.ts";
import type { Intervals } from "../model/intervals.ts";
import type { Settings } from "../model/settings.ts";
import { failuresInARow, type HsmState, newestSuccessOf } from "../model/state.ts";
import type { Standing } from "../model/views/standing.ts";

/**
 * An HSM is overdue without a verified success, `deadline` + `overdueGrace` after the first slot that follows its
 * newest success, or when that success is older than `maxAge`.
 */
export function standingOf(state: HsmState, settings: Settings, now: Date, { overdueGrace }: Intervals): Standing {
  const success = newestSuccessOf(state, now);
  const overdueAt = success && overdueFrom(success.startedAt, settings, overdueGrace);
  return {
    hsm: state.hsm,
    newestSuccess: success?.startedAt ?? null,
    newestSuccessRun: success?.id ?? null,
    // The clock of the host that started it may be ahead of this one.
    ageSeconds: success && Math.max(0, Math.round((millis(now) - millis(success.startedAt)) / SECOND)),
    overdueAt,
    isOverdue: overdueAt === null || millis(now) > millis(overdueAt),
    running: state.active?.id ?? null,
    runningState: state.active?.state ?? null,
    failuresInARow: failuresInARow(state),
    problem: null,
  };
}

function overdueFrom(startedAt: Instant, { schedule, deadline, maxAge }: Settings, grace: number): Instant | null {
  const slot = schedule.nextSlot(new Date(millis(startedAt)));
  const limits = [
    ...(slot === undefined ? [] : [after(slot, deadline + grace)]),
    ...(maxAge === null ? [] : [after(startedAt, maxAge)]),
  ];
  const [first, ...others] = limits;
  return first === undefined ? null : earliest(first, ...others);
}

/** An HSM about which nothing is known. It counts as overdue: nothing better than the truth is reported. */
export const unknownStanding = (hsm: string, problem: string): Standing => ({
  hsm,
  newestSuccess: null,
  newestSuccessRun: null,
  ageSeconds: null,
  overdueAt: null,
  isOverdue: true,
  running: null,
  runningState: null,
  failuresInARow: 0,
  problem,
});
