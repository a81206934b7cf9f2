import { DAY, MINUTE } from "../../durations.ts";
import { BEGIN, install, liveUntilTheNight, type Story, WATCHED_FROM } from "../story.ts";

/** No alert is due. */
export const QUIET_STORIES: readonly Story[] = [
  {
    name: "first day",
    summary: "Installed with no start by hand: the HSM is overdue, and its first backup is due, at the first tick.",
    begin: BEGIN,
    live: (world) => world.passTime(DAY),
    alerts: [],
  },
  {
    name: "code deployed late",
    summary: "The template is deployed, the code an hour and a half later.",
    begin: BEGIN,
    live: async (world) => {
      world.troubles.isStopped = true;
      await world.passTime(90 * MINUTE);
      world.troubles.isStopped = false;
      await world.passTime(DAY);
    },
    alerts: [],
  },
  {
    name: "healthy month",
    summary: "Installed with its first backup, then one a day for a month.",
    begin: BEGIN,
    live: async (world) => {
      await install(world);
      await world.passTime(30 * DAY);
    },
    alerts: [],
  },
  {
    name: "failed and retried",
    summary: "The job of the slot fails; the next try, 15 minutes later, succeeds.",
    begin: BEGIN,
    watchedFrom: WATCHED_FROM,
    live: async (world) => {
      await liveUntilTheNight(world);
      world.at("contoso").failNextJob("StorageError", "The container is full.");
      await world.passTime(2 * DAY);
    },
    alerts: [],
  },
  {
    name: "audit log without tables of its own",
    summary: "The HSM's diagnostic setting writes to AzureDiagnostics.",
    begin: BEGIN,
    audit: "AzureDiagnostics",
    live: async (world) => {
      await install(world);
      await world.passTime(3 * DAY);
    },
    alerts: [],
  },
];
