import { DAY, HOUR, MINUTE } from "../../durations.ts";
import { BEGIN, install, liveUntilTheNight, type Story, WATCHED_FROM } from "../story.ts";

/** The app itself is in trouble, or its settings lack an HSM. */
export const APP_STORIES: readonly Story[] = [
  {
    name: "never started",
    summary: "The template is there, the app never comes up: no table has a row yet.",
    begin: BEGIN,
    live: async (world) => {
      world.troubles.isStopped = true;
      await world.passTime(DAY + 10 * HOUR);
    },
    alerts: [
      "silent contoso: 01 12:35 - still",
      "overdue contoso: 02 10:35 - still",
      "audit-dead-man contoso: 02 18:20 - still",
      "storage-dead-man contoso: 02 18:20 - still",
    ],
  },
  {
    name: "step after provisioning declined",
    summary: "The HSM refuses every start until a person assigns the role in the afternoon and runs the step again.",
    begin: BEGIN,
    live: async (world) => {
      world.troubles.withoutRole.add("contoso");
      await world.until("2026-11-01T15:00:00Z");
      world.troubles.withoutRole.delete("contoso");
      await world.startByHand("contoso");
      await world.passTime(2 * DAY);
    },
    alerts: ["overdue contoso: 01 11:35 - 01 15:50"],
  },
  {
    name: "silent app",
    summary: "The app is stopped for two and a half days, then started again.",
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
      "audit-dead-man contoso: 06 10:00 - 08 00:00",
      "storage-dead-man contoso: 06 10:00 - 08 00:00",
      "overdue contoso: 06 10:15 - 07 22:45",
    ],
  },
  {
    name: "HSM not configured",
    summary: "The template's list has an HSM that the app's settings lack.",
    begin: BEGIN,
    watched: ["contoso", "fabrikam"],
    live: async (world) => {
      await install(world);
      await world.passTime(DAY + 10 * HOUR);
    },
    alerts: [
      "silent fabrikam: 01 12:35 - still",
      "overdue fabrikam: 02 10:35 - still",
      "audit-dead-man fabrikam: 02 18:20 - still",
      "storage-dead-man fabrikam: 02 18:20 - still",
    ],
  },
  {
    name: "poisoned",
    summary: "The HSM's state can't be read for an hour while a backup runs.",
    begin: BEGIN,
    watchedFrom: WATCHED_FROM,
    live: async (world) => {
      await liveUntilTheNight(world);
      await world.passTime(HOUR + MINUTE);
      world.troubles.unreadable.add("contoso");
      await world.passTime(HOUR);
      world.troubles.unreadable.delete("contoso");
      await world.passTime(2 * DAY);
    },
    alerts: ["poisoned contoso: 05 02:15 - 05 03:45", "slow contoso: 05 04:00 - 06 04:00"],
  },
  {
    name: "resumed too often",
    summary: "The queue's trigger is off from the slot on, while a backup takes three hours.",
    begin: BEGIN,
    watchedFrom: WATCHED_FROM,
    live: async (world) => {
      await liveUntilTheNight(world);
      world.at("contoso").planNextJob({ takes: 3 * HOUR });
      world.troubles.isQueueOff = true;
      await world.passTime(4 * HOUR);
      world.troubles.isQueueOff = false;
      await world.passTime(DAY);
    },
    alerts: ["resumed-too-often contoso: 05 02:45 - 05 05:00", "slow contoso: 05 06:00 - 06 04:00"],
  },
  {
    name: "renamed app",
    summary: "The app is renamed at nine, so its ledger belongs to another app; at eleven the ledger is given to it.",
    begin: BEGIN,
    watchedFrom: WATCHED_FROM,
    live: async (world) => {
      await liveUntilTheNight(world);
      await world.until("2026-11-05T09:00:00Z");
      world.troubles.newName = "backup-2";
      await world.passTime(2 * HOUR);
      world.ledger.deleteBlob("app.json");
      await world.passTime(3 * HOUR);
    },
    alerts: ["ledger-foreign backup-2: 05 09:15 - 05 12:00", "overdue contoso: 05 10:15 - 05 11:45"],
  },
  {
    name: "settings rejected",
    summary: "A misspelt setting is deployed at nine and corrected an hour later.",
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
