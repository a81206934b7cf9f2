import { DAY, HOUR, MINUTE } from "../../durations.ts";
import { BEGIN, liveUntilTheNight, type Story, WATCHED_FROM } from "../story.ts";

const TRIES = 100;

/** Backups that fail, take long or are small. */
export const FAILURE_STORIES: readonly Story[] = [
  {
    name: "failed for good",
    summary: "Every job fails from the slot on, for three days.",
    begin: BEGIN,
    watchedFrom: WATCHED_FROM,
    live: async (world) => {
      await liveUntilTheNight(world);
      for (let job = 0; job < TRIES; job++) world.at("contoso").failNextJob("StorageError", "The container is full.");
      await world.passTime(3 * DAY);
    },
    alerts: [
      "failed contoso: 05 03:15 - still",
      "storage-dead-man contoso: 05 10:00 - still",
      "overdue contoso: 05 10:15 - still",
    ],
  },
  {
    name: "HSM gone",
    summary: "The HSM can no longer be reached.",
    begin: BEGIN,
    watchedFrom: WATCHED_FROM,
    live: async (world) => {
      await liveUntilTheNight(world);
      world.troubles.gone.add("contoso");
      await world.passTime(3 * DAY);
    },
    alerts: [
      "failed contoso: 05 09:15 - still",
      "audit-dead-man contoso: 05 10:00 - still",
      "storage-dead-man contoso: 05 10:00 - still",
      "overdue contoso: 05 10:15 - still",
    ],
  },
  {
    name: "recovered",
    summary: "The HSM can't be reached for 41 hours; then all is well again.",
    begin: BEGIN,
    watchedFrom: WATCHED_FROM,
    live: async (world) => {
      await liveUntilTheNight(world);
      world.troubles.gone.add("contoso");
      await world.passTime(41 * HOUR);
      world.troubles.gone.delete("contoso");
      await world.passTime(2 * DAY);
    },
    alerts: [
      "failed contoso: 05 09:15 - 06 19:15",
      "audit-dead-man contoso: 05 10:00 - 06 20:00",
      "storage-dead-man contoso: 05 10:00 - 06 20:00",
      "overdue contoso: 05 10:15 - 06 19:15",
    ],
  },
  {
    name: "HSM busy until the deadline",
    summary: "Another tool's backup runs from before the slot until after its run's deadline.",
    begin: BEGIN,
    watchedFrom: WATCHED_FROM,
    live: async (world) => {
      await liveUntilTheNight(world);
      world.at("contoso").beBusy(9 * HOUR + 20 * MINUTE);
      await world.passTime(2 * DAY);
    },
    alerts: [
      "failed contoso: 05 09:15 - 05 11:00",
      "audit-dead-man contoso: 05 10:00 - 05 12:00",
      "storage-dead-man contoso: 05 10:00 - 05 12:00",
      "overdue contoso: 05 10:15 - 05 11:15",
      "slow contoso: 05 11:00 - 06 04:00",
    ],
  },
  {
    name: "slow",
    summary: "One backup takes an hour instead of three minutes.",
    begin: BEGIN,
    watchedFrom: WATCHED_FROM,
    live: async (world) => {
      await liveUntilTheNight(world);
      world.at("contoso").planNextJob({ takes: HOUR });
      await world.passTime(2 * DAY);
    },
    alerts: ["slow contoso: 05 04:00 - 06 04:00"],
  },
  {
    name: "shrunk",
    summary: "One backup holds a hundredth of the usual bytes.",
    begin: BEGIN,
    watchedFrom: WATCHED_FROM,
    live: async (world) => {
      await liveUntilTheNight(world);
      world.at("contoso").planNextJob({ blobs: new Map([["manifest.json", new TextEncoder().encode('{"blobs":0}')]]) });
      await world.passTime(2 * DAY);
    },
    alerts: ["shrunk contoso: 05 03:00 - 06 04:00"],
  },
];
