import type { Tokens } from "./outages.ts";
import type { Stage } from "./stage.ts";

export type Version = "current" | "newer";

/** One of the machines that hosts run on: its clock, and what its next process is started with. */
export type Place = {
  readonly index: number;
  /** Milliseconds that its clock is ahead of the world's time. */
  skew: number;
  version: Version;
  /** Names of the HSMs in the settings. */
  hsms: readonly string[];
  current: HostProcess | undefined;
};

/** One process of the app: what it began is gone when it dies, and waits when it stands still. */
export type HostProcess = {
  readonly number: number;
  readonly place: Place;
  readonly version: Version;
  readonly tokens: Tokens;
  isDead: boolean;
  /** It takes nothing new on: another one has taken its place. */
  isDraining: boolean;
  frozenUntil: number;
  /** What reached it while it stood still. */
  readonly backlog: (() => void)[];
};

export type Lives = {
  readonly start: (place: Place) => HostProcess;
  /** `during`: what it was at. */
  readonly kill: (process: HostProcess, during: string) => void;
  readonly freeze: (process: HostProcess, ms: number) => void;
  /** Whoever stands still goes on. */
  readonly thawAll: () => void;
  /** Does something in a process as soon as it is awake; never, where it dies before. */
  readonly whenAwake: (process: HostProcess, work: () => void) => void;
  readonly isAwake: (process: HostProcess) => boolean;
  readonly onDeath: (died: (process: HostProcess) => void) => void;
};

/** How processes come and go. */
export function makeLives({ timeline, tell }: Stage): Lives {
  let count = 0;
  const frozen = new Set<HostProcess>();
  const deathWatch: ((process: HostProcess) => void)[] = [];
  const isAwake = ({ isDead, frozenUntil }: HostProcess): boolean => !isDead && frozenUntil <= timeline.now();
  const whenAwake: Lives["whenAwake"] = (process, work) => {
    if (isAwake(process)) work();
    else if (!process.isDead) process.backlog.push(work);
  };
  const wakeUp = (process: HostProcess): void => {
    if (!isAwake(process)) return;
    // Each on its own: what one of them sets going comes before the next.
    for (const work of process.backlog.splice(0)) timeline.after(0, () => whenAwake(process, work));
  };

  return {
    isAwake,
    whenAwake,
    onDeath: (died) => void deathWatch.push(died),
    start: (place) => {
      const process: HostProcess = {
        number: ++count,
        place,
        version: place.version,
        tokens: new Map(),
        isDead: false,
        isDraining: false,
        frozenUntil: 0,
        backlog: [],
      };
      place.current = process;
      tell({ kind: "hostStarted", host: process.number, version: process.version, skew: place.skew });
      return process;
    },
    kill: (process, during) => {
      if (process.isDead) return;
      process.isDead = true;
      process.backlog.length = 0;
      tell({ kind: "hostDied", host: process.number, during });
      for (const died of deathWatch) died(process);
    },
    freeze: (process, ms) => {
      frozen.add(process);
      process.frozenUntil = Math.max(process.frozenUntil, timeline.now() + Math.round(ms));
      timeline.at(process.frozenUntil, () => wakeUp(process));
    },
    thawAll: () => {
      for (const process of frozen) {
        process.frozenUntil = Math.min(process.frozenUntil, timeline.now());
        wakeUp(process);
      }
    },
  };
}
