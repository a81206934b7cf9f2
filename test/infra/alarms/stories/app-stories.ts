import { DAY, HOUR, MINUTE } from "../../../../backup/instant.ts";
import { BEGIN, install, liveUntilTheNight, type Story, WATCHED_FROM } from "../story.ts";

/** The app itself is in trouble, or was never told of an HSM. */
export const APP_STORIES: readonly Story[] = [
  {
    name: "first day",
    tells: "Installed with no first backup: the HSM has none until the slot at two.",
    begin: BEGIN,
    live: (world) => world.passTime(DAY),
    alerts: ["audit-dead-man contoso: 01 11:20 - 02 03:20", "storage-dead-man contoso: 01 11:20 - 02 03:20"],
  },
  {
    name: "never started",
    tells: "The template is there, the app never comes up: no table has a row yet.",
    begin: BEGIN,
    live: async (world) => {
      world.troubles.isStopped = true;
      await world.passTime(6 * HOUR);
    },
    alerts: [
      "overdue contoso: 01 10:35 - still",
      "silent contoso: 01 10:35 - still",
      "audit-dead-man contoso: 01 11:20 - still",
      "storage-dead-man contoso: 01 11:20 - still",
    ],
  },
  {
    name: "silent app",
    tells: "The app is stopped for two and a half days, then started again.",
    begin: BEGIN,
    watchedFrom: WATCHED_FROM,
    live: async (world) => {
      await liveUntilTheNight(world);
      await world.until("2026-11-05T10:00:00Z");
      world.troubles.isStopped = true;
      await world.until("2026-11-07T22:00:00Z");
      world.troubles.isStopped = false;
      await world.passTime(DAY);
    },
    alerts: [
      "silent contoso: 05 12:00 - 07 22:45",
      "overdue contoso: 06 09:15 - 07 22:45",
      "audit-dead-man contoso: 06 10:00 - 08 00:00",
      "storage-dead-man contoso: 06 10:00 - 08 00:00",
    ],
  },
  {
    name: "HSM not configured",
    tells: "The template's list has an HSM that the app's settings lack.",
    begin: BEGIN,
    watched: ["contoso", "fabrikam"],
    live: async (world) => {
      await install(world);
      await world.passTime(DAY);
    },
    alerts: [
      "overdue fabrikam: 01 10:35 - still",
      "silent fabrikam: 01 10:35 - still",
      "audit-dead-man fabrikam: 01 11:20 - still",
      "storage-dead-man fabrikam: 01 11:20 - still",
    ],
  },
  {
    name: "poisoned",
    tells: "The ledger's records can't be read for an hour while a backup runs.",
    begin: BEGIN,
    watchedFrom: WATCHED_FROM,
    live: async (world) => {
      await liveUntilTheNight(world);
      await world.passTime(HOUR + MINUTE);
      world.troubles.areRecordsLost = true;
      await world.passTime(HOUR);
      world.troubles.areRecordsLost = false;
      await world.passTime(2 * DAY);
    },
    alerts: ["poisoned contoso: 05 02:15 - 05 03:45", "slow contoso: 05 04:00 - 06 04:00"],
  },
  {
    name: "woken too often",
    tells: "The queue's trigger is off for three hours from the slot on.",
    begin: BEGIN,
    watchedFrom: WATCHED_FROM,
    live: async (world) => {
      await liveUntilTheNight(world);
      world.troubles.isQueueOff = true;
      await world.passTime(4 * HOUR);
      world.troubles.isQueueOff = false;
      await world.passTime(DAY);
    },
    alerts: ["woken-too-often contoso: 05 02:45 - 05 06:30", "slow contoso: 05 06:00 - 06 04:00"],
  },
  {
    name: "settings rejected",
    tells: "A misspelt setting is deployed at nine and corrected an hour later.",
    begin: BEGIN,
    watchedFrom: WATCHED_FROM,
    live: async (world) => {
      await liveUntilTheNight(world);
      await world.until("2026-11-05T09:00:00Z");
      world.troubles.settingProblems = [{ setting: "BACKUP_SHEDULE", problem: "there is no such setting" }];
      await world.passTime(HOUR);
      world.troubles.settingProblems = [];
      await world.passTime(3 * HOUR);
    },
    alerts: ["settings-rejected BACKUP_SHEDULE: 05 09:15 - 05 11:00"],
  },
];
