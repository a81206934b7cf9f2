import { MINUTE } from "../../durations.ts";
import { logged, ticks } from "./written-log.ts";
import { nightly, run } from "./written-run.ts";
import type { WrittenStory } from "./written-story.ts";

const HSMS = ["contoso"];
const FROM = "2026-11-02T02:00:00Z";
const WATCHED_FROM = "2026-11-04T12:00:00Z";
const good = (to: string) => ({ from: FROM, to, hsms: HSMS, runs: nightly("contoso", "2026-11-02", to.slice(0, 10)) });
const between = (from: string, to: string) => (at: number) => at >= Date.parse(from) && at < Date.parse(to);

/** The app itself, its settings, its ledger or its queue is in trouble. */
export const APP_STORIES: readonly WrittenStory[] = [
  {
    name: "never started",
    summary: "The template is deployed, the app never comes up: no table has a row.",
    log: { from: FROM, to: "2026-11-03T12:00:00Z", hsms: HSMS, runs: [], isStopped: () => true },
    alerts: [
      "silent contoso: 02 04:15 - still",
      "overdue contoso: 03 02:15 - still",
      "audit-dead-man contoso: 03 10:00 - still",
      "storage-dead-man contoso: 03 10:00 - still",
    ],
  },
  {
    name: "silent app",
    summary: "The app is stopped for a day and a half, then started again.",
    log: {
      ...good("2026-11-08T12:00:00Z"),
      isStopped: between("2026-11-05T10:00:00Z", "2026-11-06T22:00:00Z"),
      runs: [
        ...nightly("contoso", "2026-11-02", "2026-11-05"),
        run("contoso", "2026-11-06T22:00:00Z", { slot: Date.parse("2026-11-06T02:00:00Z") }),
        ...nightly("contoso", "2026-11-07", "2026-11-08"),
      ],
    },
    watchedFrom: WATCHED_FROM,
    alerts: [
      "silent contoso: 05 12:00 - 06 22:45",
      "audit-dead-man contoso: 06 10:00 - 07 00:00",
      "storage-dead-man contoso: 06 10:00 - 07 00:00",
      "overdue contoso: 06 10:15 - 06 22:45",
    ],
  },
  {
    name: "silent for three days",
    summary:
      "The app is stopped for three days, and the HSM is gone when it starts again: overdue resolves for an hour.",
    log: {
      ...good("2026-11-08T16:00:00Z"),
      isStopped: between("2026-11-05T10:00:00Z", "2026-11-08T10:00:00Z"),
      runs: [
        ...nightly("contoso", "2026-11-02", "2026-11-05"),
        run("contoso", "2026-11-08T10:00:00Z", {
          state: "TimedOut",
          isAccepted: false,
          code: "ENOTFOUND",
          minutes: 360,
        }),
      ],
    },
    watchedFrom: WATCHED_FROM,
    alerts: [
      "silent contoso: 05 12:00 - 08 10:45",
      "audit-dead-man contoso: 06 10:00 - still",
      "storage-dead-man contoso: 06 10:00 - still",
      "overdue contoso: 06 10:15 - 08 10:45",
      "overdue contoso: 08 11:15 - still",
    ],
  },
  {
    name: "HSM not configured",
    summary: "The template's list has an HSM that the app's settings lack.",
    log: good("2026-11-03T12:00:00Z"),
    watched: ["contoso", "fabrikam"],
    alerts: [
      "silent fabrikam: 02 04:15 - still",
      "overdue fabrikam: 03 02:15 - still",
      "audit-dead-man fabrikam: 03 10:00 - still",
      "storage-dead-man fabrikam: 03 10:00 - still",
    ],
  },
  {
    name: "poisoned",
    summary: "The host gives up on one queue message.",
    log: {
      ...good("2026-11-05T12:00:00Z"),
      more: [
        logged(Date.parse("2026-11-05T02:06:00Z"), "message.poisoned", {
          hsm: "contoso",
          run: "20261105T020000Z-s-contoso",
        }),
      ],
    },
    watchedFrom: WATCHED_FROM,
    alerts: ["poisoned contoso: 05 02:15 - 05 03:45"],
  },
  {
    name: "poisoned by a stranger",
    summary: "A message that isn't the app's lands in the queue.",
    log: {
      ...good("2026-11-05T12:00:00Z"),
      more: [
        logged(Date.parse("2026-11-05T02:06:00Z"), "message.poisoned", { problem: "message: expected an object" }),
      ],
    },
    watchedFrom: WATCHED_FROM,
    alerts: ["poisoned unknown: 05 02:15 - 05 03:45"],
  },
  {
    name: "resumed too often",
    summary: "The queue trigger is off for three hours: the timer takes a step every ten minutes.",
    log: {
      ...good("2026-11-05T12:00:00Z"),
      more: ticks("2026-11-05T02:10:00Z", "2026-11-05T05:10:00Z")
        .filter((_, index) => index % 2 === 0)
        .map((at) => logged(at, "backup.resumed", { hsm: "contoso", run: "20261105T020000Z-s-contoso" })),
    },
    watchedFrom: WATCHED_FROM,
    alerts: ["resumed-too-often contoso: 05 02:45 - 05 06:15"],
  },
  {
    name: "a second app on the ledger",
    summary:
      "A second app runs on the same ledger for an hour and a half; its own checks know nothing, the owner's stay good.",
    log: {
      ...good("2026-11-05T14:00:00Z"),
      more: ticks("2026-11-05T09:00:00Z", "2026-11-05T10:30:00Z").flatMap((at) => [
        logged(at, "ledger.foreign", { owner: "backup", app: "backup-2" }),
        logged(at + MINUTE, "backup.checked", {
          hsm: "contoso",
          isOverdue: true,
          overdueAt: null,
          newestSuccess: null,
        }),
      ]),
    },
    watchedFrom: WATCHED_FROM,
    alerts: ["ledger-foreign backup-2: 05 09:15 - 05 11:30"],
  },
  {
    name: "renamed app",
    summary: "The app is renamed at nine: the ledger isn't its own, so it backs up nothing.",
    log: {
      ...good("2026-11-05T12:00:00Z"),
      isStopped: between("2026-11-05T09:00:00Z", "2026-11-05T12:00:00Z"),
      more: ticks("2026-11-05T09:00:00Z", "2026-11-05T12:00:00Z").flatMap((at) => [
        logged(at, "ledger.foreign", { owner: "backup", app: "backup-2" }),
        logged(at, "backup.checked", { hsm: "contoso", isOverdue: true, overdueAt: null, newestSuccess: null }),
      ]),
    },
    watchedFrom: WATCHED_FROM,
    alerts: ["ledger-foreign backup-2: 05 09:15 - still", "overdue contoso: 05 10:15 - still"],
  },
  {
    name: "settings rejected",
    summary: "A misspelt setting is deployed at nine and corrected an hour later.",
    log: {
      ...good("2026-11-05T14:00:00Z"),
      more: ticks("2026-11-05T09:00:00Z", "2026-11-05T10:00:00Z").map((at) =>
        logged(at, "settings.rejected", { setting: "BACKUP_SHEDULE", problem: "there is no such setting" }),
      ),
    },
    watchedFrom: WATCHED_FROM,
    alerts: ["settings-rejected BACKUP_SHEDULE: 05 09:15 - 05 11:00"],
  },
];
