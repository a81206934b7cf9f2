import { MINUTE, SECOND } from "../../../backup/model/instant.ts";
import type { AppPorts } from "../../../functions/invocation.ts";
import { pick } from "../random.ts";
import { type CapturedApp, captureApp } from "./captured-app.ts";
import type { HostProcess, Place, Processes } from "./host-process.ts";
import { newerPorts } from "./newer-version.ts";
import { STORAGE_URL } from "./simulated-storage.ts";
import type { Stage } from "./stage.ts";

/** How a handler ended in a process that lives. */
export type Outcome<T> = { readonly value: T } | { readonly thrown: unknown };

/** The app on all places: who runs, and how a trigger reaches a process. */
export type Hosts = {
  /** Of the app under test. */
  readonly places: readonly Place[];
  /** A place of another app on the same host storage. */
  readonly addForeign: (app: string) => Place;
  /** Takes that place away, and ends its process. */
  readonly removeForeign: (place: Place) => void;
  readonly foreign: () => readonly HostProcess[];
  /** A process of the app that takes on something new: alive, awake, and not being replaced. */
  readonly someReady: (salt: number, but?: HostProcess) => HostProcess | undefined;
  /** Calls a handler; `ended` isn't called where the process dies first. */
  readonly invoke: <T>(
    process: HostProcess,
    handler: string,
    work: (app: CapturedApp) => Promise<T>,
    ended: (outcome: Outcome<T>) => void,
  ) => void;
  /** Starts a new process beside the one that runs there, which ends a minute later. */
  readonly replace: (place: Place) => void;
};

export const APP = "backups";
/** As host.json has it: whatever runs for longer takes its whole process with it. */
const FUNCTION_TIMEOUT = 10 * MINUTE;
const SIDE_BY_SIDE = MINUTE;
const SALT_RESTART = 41;
const SHORTEST_RESTART = 5 * SECOND;
const LONGEST_RESTART = 55 * SECOND;

export function makeHosts(stage: Stage, processes: Processes, portsOf: (process: HostProcess) => AppPorts): Hosts {
  const { shape, timeline, emit } = stage;
  const apps = new Map<HostProcess, CapturedApp>();
  const placeOf = (app: string): Place => {
    const { hsms, slotGap } = shape;
    const settings = { app, version: "current", hsms, rejected: [], slotGap, storageUrl: STORAGE_URL } as const;
    return { skew: 0, settings, writesNewerStates: false, current: undefined };
  };
  const places = Array.from({ length: shape.places }, () => placeOf(APP));
  const foreign = new Set<Place>();

  function start(place: Place): void {
    const process = processes.start(place);
    const ports = portsOf(process);
    const log: Parameters<typeof captureApp>[1] = (event) => {
      if (!process.isDead) emit({ kind: "logged", host: process.number, event });
    };
    const isNewer = process.settings.version === "newer";
    apps.set(process, captureApp(isNewer ? newerPorts(ports, process.writesNewerStates) : ports, log));
  }
  processes.onDeath((process) => {
    apps.delete(process);
    const { place } = process;
    if (place.current !== process) return;
    place.current = undefined;
    timeline.after(SHORTEST_RESTART + timeline.noise(SALT_RESTART) * LONGEST_RESTART, () => {
      if (place.current === undefined && (places.includes(place) || foreign.has(place))) start(place);
    });
  });
  for (const place of places) start(place);

  const readyAt = (all: Iterable<Place>): readonly HostProcess[] =>
    [...all].flatMap(({ current }) => (current !== undefined && processes.isAwake(current) ? [current] : []));

  return {
    places,
    addForeign: (app) => {
      const place = placeOf(app);
      foreign.add(place);
      start(place);
      return place;
    },
    removeForeign: (place) => {
      foreign.delete(place);
      if (place.current !== undefined) processes.kill(place.current, "nothing: its app is removed");
    },
    foreign: () => readyAt(foreign),
    someReady: (salt, but) => {
      const all = readyAt(places);
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
          emit({ kind: "handlerThrew", host: process.number, handler, message });
        }
        ended(outcome);
      };
      const timeOut = (): void => {
        if (!isRunning || process.isDead) return;
        if (processes.isAwake(process)) processes.kill(process, `${handler}, which takes longer than functionTimeout`);
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
        timeline.after(SIDE_BY_SIDE, () => processes.kill(old, "a deployment, replaced"));
      }
      start(place);
    },
  };
}
