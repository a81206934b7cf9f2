import { MINUTE, SECOND } from "../../../backup/model/instant.ts";
import type { FaultKind } from "../faults/fault-kinds.ts";
import type { HostProcess, Processes } from "./host-process.ts";
import type { Hosts } from "./hosts.ts";
import type { Stage } from "./stage.ts";

const KINDS: ReadonlySet<FaultKind> = new Set<FaultKind>(["timerMissed", "timerDoubled", "timerLate"]);
const EVERY = 5 * MINUTE;
/** After the death of its host the timer's lock keeps all others silent for about that long. */
const SILENT = 60 * SECOND;
const LONGEST_LATE = 8 * MINUTE;
const LONGEST_DOUBLE = 3 * SECOND;
const TRY_AGAIN = 15 * SECOND;
const SALTS = { host: 51, jitter: 52, double: 53 } as const;

/** The timer: every five minutes on one host, unless a fault prevents it. */
export function runTimer({ timeline, faults, emit, shape }: Stage, processes: Processes, hosts: Hosts): void {
  let holder: HostProcess | undefined;
  let silentUntil = 0;
  let ticks = 0;
  const busy = new Set<HostProcess>();
  processes.onDeath((process) => {
    busy.delete(process);
    if (process !== holder) return;
    holder = undefined;
    silentUntil = timeline.now() + SILENT;
  });

  function fire(process: HostProcess): void {
    busy.add(process);
    const { number: host } = process;
    const tick = ++ticks;
    emit({ kind: "timerFired", host, tick });
    const ended = (): void => {
      busy.delete(process);
      emit({ kind: "timerEnded", host, tick });
    };
    hosts.invoke(process, "scheduledBackup", (app) => app.timer(), ended);
  }

  /** On the host that holds the lock; on another one where that one is gone or frozen, and its lease is over. */
  function fireOnce(): void {
    if (timeline.now() < silentUntil) {
      timeline.at(silentUntil, fireOnce);
      return;
    }
    if (holder === undefined || holder.isDraining || !processes.isAwake(holder)) holder = hosts.someReady(SALTS.host);
    if (holder === undefined) {
      timeline.after(TRY_AGAIN, fireOnce);
      return;
    }
    // One invocation at a time: an occurrence during the one before is left out.
    if (!busy.has(holder)) fire(holder);
  }

  function tick(): void {
    // Another app has a timer of its own.
    for (const process of hosts.foreign()) if (!busy.has(process)) fire(process);
    const fault = faults.take(KINDS, {
      what: ({ kind, sizes }) => (kind === "timerLate" ? late(sizes[0]) : "this tick"),
    });
    if (fault?.kind === "timerMissed") return;
    if (fault?.kind === "timerLate") {
      timeline.after(fault.sizes[0] * LONGEST_LATE, fireOnce);
      return;
    }
    fireOnce();
    if (fault?.kind !== "timerDoubled") return;
    timeline.after(fault.sizes[0] * LONGEST_DOUBLE, () => {
      const other = hosts.someReady(SALTS.double, holder);
      if (other !== undefined) fire(other);
    });
  }

  for (let at = Math.ceil(shape.begin / EVERY) * EVERY; at < shape.endAt; at += EVERY) {
    timeline.at(at, () => timeline.after(timeline.noise(SALTS.jitter) * SECOND, tick));
  }
}

const late = (size: number): string => `${((size * LONGEST_LATE) / MINUTE).toFixed(1)} min`;
