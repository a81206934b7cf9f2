import { MINUTE, SECOND } from "../../backup/instant.ts";
import type { AppDeps } from "../../functions/invocation-log.ts";
import { type CapturedApp, captureApp } from "./captured-app.ts";
import type { HostProcess, Lives, Place } from "./host-process.ts";
import { newerDeps } from "./newer-version.ts";
import { pick } from "./random.ts";
import type { Stage } from "./stage.ts";

/** How a handler ended in a process that lived. */
export type Outcome<T> = { readonly value: T } | { readonly thrown: unknown };

/** The app on all places: who runs, and how a trigger reaches a process. */
export type Hosts = {
  readonly places: readonly Place[];
  /** The processes that take on something new: alive, awake, and not being replaced. */
  readonly ready: () => readonly HostProcess[];
  readonly someReady: (salt: number, but?: HostProcess) => HostProcess | undefined;
  /** Calls a handler; `ended` isn't called where the process dies first. */
  readonly invoke: <T>(
    process: HostProcess,
    handler: string,
    work: (app: CapturedApp) => Promise<T>,
    ended: (outcome: Outcome<T>) => void,
  ) => void;
  /** Starts a new process beside the one that runs there, which has a minute left. */
  readonly replace: (place: Place) => void;
};

/** As host.json has it: whatever runs for longer takes its whole process with it. */
const FUNCTION_TIMEOUT = 10 * MINUTE;
const SIDE_BY_SIDE = MINUTE;
const SALT_RESTART = 41;
const SHORTEST_RESTART = 5 * SECOND;
const LONGEST_RESTART = 55 * SECOND;

export function makeHosts(stage: Stage, lives: Lives, depsOf: (process: HostProcess) => AppDeps): Hosts {
  const { shape, timeline, tell } = stage;
  const apps = new Map<HostProcess, CapturedApp>();
  const places = Array.from(
    { length: shape.places },
    (_, index): Place => ({ index, skew: 0, version: "current", hsms: shape.hsms, current: undefined }),
  );

  function start(place: Place): void {
    const process = lives.start(place);
    const deps = depsOf(process);
    const log = (event: Parameters<Parameters<typeof captureApp>[1]>[0]): void => {
      if (!process.isDead) tell({ kind: "logged", host: process.number, event });
    };
    apps.set(process, captureApp(process.version === "newer" ? newerDeps(deps) : deps, log));
  }
  lives.onDeath((process) => {
    apps.delete(process);
    const { place } = process;
    if (place.current !== process) return;
    place.current = undefined;
    timeline.after(SHORTEST_RESTART + timeline.noise(SALT_RESTART) * LONGEST_RESTART, () => {
      if (place.current === undefined) start(place);
    });
  });
  for (const place of places) start(place);

  const ready = (): readonly HostProcess[] =>
    places.flatMap(({ current }) => (current !== undefined && lives.isAwake(current) ? [current] : []));

  return {
    places,
    ready,
    someReady: (salt, but) => {
      const all = ready();
      const others = but === undefined ? all : all.filter((process) => process !== but);
      const among = others.length > 0 ? others : all;
      return among.length === 0 ? undefined : pick(among, timeline.noise(salt));
    },
    invoke: (process, handler, work, ended) => {
      const app = apps.get(process);
      if (app === undefined) return;
      let isRunning = true;
      const end = (outcome: Parameters<typeof ended>[0]): void => {
        isRunning = false;
        if (process.isDead) return;
        if ("thrown" in outcome) {
          const message = outcome.thrown instanceof Error ? outcome.thrown.message : String(outcome.thrown);
          tell({ kind: "handlerThrew", host: process.number, handler, message });
        }
        ended(outcome);
      };
      const timeOut = (): void => {
        if (!isRunning || process.isDead) return;
        if (lives.isAwake(process)) lives.kill(process, `${handler}, which takes longer than functionTimeout`);
        else timeline.at(process.frozenUntil + SECOND, timeOut);
      };
      timeline.after(FUNCTION_TIMEOUT, timeOut);
      work(app).then(
        (value) => end({ value }),
        (thrown: unknown) => end({ thrown }),
      );
    },
    replace: (place) => {
      const old = place.current;
      if (old !== undefined) {
        old.isDraining = true;
        timeline.after(SIDE_BY_SIDE, () => lives.kill(old, "a deployment, replaced"));
      }
      start(place);
    },
  };
}
