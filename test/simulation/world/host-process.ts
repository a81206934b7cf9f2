import type { HostSettings } from "../facts.ts";
import type { Tokens } from "./outages.ts";
import type { Stage } from "./stage.ts";

/** One of the machines that hosts run on: its clock, and what its next process is started with. */
export type Place = {
  /** Milliseconds that its clock is ahead of the world's time. */
  skew: number;
  settings: HostSettings;
  /** Newer processes write states of a newer version, too. */
  writesNewerStates: boolean;
  current: HostProcess | undefined;
};

/** One process of the app: its work is lost when it dies, and waits while it is frozen. */
export type HostProcess = {
  readonly number: number;
  readonly place: Place;
  readonly settings: HostSettings;
  readonly writesNewerStates: boolean;
  readonly tokens: Tokens;
  isDead: boolean;
  /** It accepts no new work: another process has replaced it. */
  isDraining: boolean;
  frozenUntil: number;
  /** What reached it while it was frozen. */
  readonly backlog: (() => void)[];
};

export type Processes = {
  readonly start: (place: Place) => HostProcess;
  /** `during`: what it was doing. */
  readonly kill: (process: HostProcess, during: string) => void;
  readonly freeze: (process: HostProcess, ms: number) => void;
  readonly thawAll: () => void;
  /** Does something in a process as soon as it is awake; never, where it dies before. */
  readonly whenAwake: (process: HostProcess, work: () => void) => void;
  readonly isAwake: (process: HostProcess) => boolean;
  readonly onDeath: (died: (process: HostProcess) => void) => void;
};

/** Starts, freezes and kills processes. */
export function makeProcesses({ timeline, emit }: Stage): Processes {
  let count = 0;
  const frozen = new Set<HostProcess>();
  const deathListeners: ((process: HostProcess) => void)[] = [];
  const isAwake = ({ isDead, frozenUntil }: HostProcess): boolean => !isDead && frozenUntil <= timeline.now();
  const whenAwake: Processes["whenAwake"] = (process, work) => {
    if (isAwake(process)) work();
    else if (!process.isDead) process.backlog.push(work);
  };
  const resume = (process: HostProcess): void => {
    if (!isAwake(process)) return;
    // Each as its own event: what one of them starts comes before the next.
    for (const work of process.backlog.splice(0)) timeline.after(0, () => whenAwake(process, work));
  };

  return {
    isAwake,
    whenAwake,
    onDeath: (died) => void deathListeners.push(died),
    start: (place) => {
      const { settings, writesNewerStates, skew } = place;
      const process: HostProcess = {
        number: ++count,
        place,
        settings,
        writesNewerStates,
        tokens: new Map(),
        isDead: false,
        isDraining: false,
        frozenUntil: 0,
        backlog: [],
      };
      place.current = process;
      emit({ kind: "hostStarted", host: process.number, skew, settings });
      return process;
    },
    kill: (process, during) => {
      if (process.isDead) return;
      process.isDead = true;
      process.backlog.length = 0;
      emit({ kind: "hostDied", host: process.number, during });
      for (const died of deathListeners) died(process);
    },
    freeze: (process, ms) => {
      frozen.add(process);
      process.frozenUntil = Math.max(process.frozenUntil, timeline.now() + Math.round(ms));
      timeline.at(process.frozenUntil, () => resume(process));
    },
    thawAll: () => {
      for (const process of frozen) {
        process.frozenUntil = Math.min(process.frozenUntil, timeline.now());
        resume(process);
      }
    },
  };
}
