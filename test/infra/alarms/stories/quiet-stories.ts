import { DAY } from "../../../../backup/instant.ts";
import { BEGIN, install, liveUntilTheNight, type Story, WATCHED_FROM } from "../story.ts";

/** Nothing has to be told. */
export const QUIET_STORIES: readonly Story[] = [
  {
    name: "healthy month",
    tells: "Installed with its first backup, then a backup a day for a month.",
    begin: BEGIN,
    live: async (world) => {
      await install(world);
      await world.passTime(30 * DAY);
    },
    alerts: [],
  },
  {
    name: "failed and made good",
    tells: "The job of the slot fails; the next try, 15 minutes later, succeeds.",
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
    tells: "The HSM's diagnostic setting writes to AzureDiagnostics.",
    begin: BEGIN,
    audit: "AzureDiagnostics",
    live: async (world) => {
      await install(world);
      await world.passTime(3 * DAY);
    },
    alerts: [],
  },
];
