import { dailyAtTwo, failing, nightly, run, sundaysAtTwo, type WrittenRun } from "./written-run.ts";
import type { WrittenStory } from "./written-story.ts";

const HSMS = ["contoso"];
/** Three good nights, then the one that the story is about. */
const NIGHT = "2026-11-05T02:00:00Z";
const before = nightly("contoso", "2026-11-02", "2026-11-04");
/** A Sunday morning. */
const INSTALLED = "2026-11-01T10:20:00Z";
const WITHOUT_ROLE = { isAccepted: false, code: "Forbidden", minutes: 15 } as const;
const GONE = { state: "TimedOut", isAccepted: false, code: "ENOTFOUND", minutes: 360 } as const;

const logTo = (to: string, runs: readonly WrittenRun[]) => ({
  from: "2026-11-02T02:00:00Z",
  to,
  hsms: HSMS,
  runs: [...before, ...runs],
});
const WATCHED_FROM = "2026-11-04T12:00:00Z";

/** Backups that fail, take long or are small. */
export const BACKUP_STORIES: readonly WrittenStory[] = [
  {
    name: "failed for good",
    summary: "Every job fails for three days.",
    log: logTo(
      "2026-11-08T01:00:00Z",
      failing("contoso", NIGHT, "2026-11-08T01:00:00Z", { code: "StorageError", minutes: 3 }),
    ),
    watchedFrom: WATCHED_FROM,
    alerts: [
      "failed contoso: 05 03:15 - still",
      "storage-dead-man contoso: 05 10:00 - still",
      "overdue contoso: 05 10:15 - still",
    ],
  },
  {
    name: "HSM gone",
    summary: "The HSM can no longer be reached.",
    log: logTo("2026-11-08T01:00:00Z", failing("contoso", NIGHT, "2026-11-08T01:00:00Z", GONE)),
    watchedFrom: WATCHED_FROM,
    alerts: [
      "failed contoso: 05 09:15 - still",
      "audit-dead-man contoso: 05 10:00 - still",
      "storage-dead-man contoso: 05 10:00 - still",
      "overdue contoso: 05 10:15 - still",
    ],
  },
  {
    name: "recovered",
    summary: "The HSM can't be reached for 41 hours; the next attempt succeeds.",
    log: logTo("2026-11-08T12:00:00Z", [
      ...failing("contoso", NIGHT, "2026-11-06T12:00:00Z", GONE),
      run("contoso", "2026-11-06T19:00:00Z", { slot: Date.parse("2026-11-06T02:00:00Z") }),
      ...nightly("contoso", "2026-11-07", "2026-11-08"),
    ]),
    watchedFrom: WATCHED_FROM,
    alerts: [
      "failed contoso: 05 09:15 - 06 19:45",
      "audit-dead-man contoso: 05 10:00 - 06 21:00",
      "storage-dead-man contoso: 05 10:00 - 06 21:00",
      "overdue contoso: 05 10:15 - 06 19:45",
    ],
  },
  {
    name: "HSM busy until the deadline",
    summary: "Another tool's backup runs until after the deadline; the retry succeeds.",
    log: logTo("2026-11-06T12:00:00Z", [
      run("contoso", NIGHT, { state: "TimedOut", isAccepted: false, code: "Conflict", minutes: 360 }),
      run("contoso", "2026-11-05T08:15:00Z", { slot: Date.parse(NIGHT), minutes: 110 }),
      ...nightly("contoso", "2026-11-06", "2026-11-06"),
    ]),
    watchedFrom: WATCHED_FROM,
    alerts: [
      "failed contoso: 05 09:15 - 05 10:45",
      "storage-dead-man contoso: 05 10:00 - 05 12:00",
      "slow contoso: 05 11:00 - 06 04:00",
    ],
  },
  {
    name: "weekly to daily, and the HSM is gone",
    summary: "The schedule becomes daily on a Wednesday at noon, and the due backup never starts.",
    log: {
      from: "2026-11-01T01:00:00Z",
      to: "2026-11-04T18:00:00Z",
      hsms: HSMS,
      scheduleAt: (at) => (at < Date.parse("2026-11-04T12:00:00Z") ? sundaysAtTwo : dailyAtTwo),
      runs: [run("contoso", "2026-11-01T02:00:00Z"), run("contoso", "2026-11-04T12:00:00Z", GONE)],
    },
    watchedFrom: "2026-11-04T00:00:00Z",
    deadManHours: 175,
    alerts: ["overdue contoso: 04 13:15 - still"],
  },
  {
    name: "step after provisioning declined",
    summary: "After the deployment the HSM refuses every start, until a person assigns the role in the afternoon.",
    log: {
      from: INSTALLED,
      to: "2026-11-03T12:00:00Z",
      hsms: HSMS,
      runs: [
        ...failing("contoso", INSTALLED, "2026-11-01T15:00:00Z", WITHOUT_ROLE),
        run("contoso", "2026-11-01T15:30:00Z", { slot: Date.parse("2026-11-01T02:00:00Z") }),
        ...nightly("contoso", "2026-11-02", "2026-11-03"),
      ],
    },
    alerts: ["overdue contoso: 01 11:35 - 01 16:20"],
  },
  {
    name: "nobody assigns the role",
    summary: "After the deployment the HSM refuses every start: one alarm on the first day, every one after it.",
    log: {
      from: INSTALLED,
      to: "2026-11-03T12:00:00Z",
      hsms: HSMS,
      runs: failing("contoso", INSTALLED, "2026-11-03T12:00:00Z", WITHOUT_ROLE),
    },
    alerts: [
      "overdue contoso: 01 11:35 - still",
      "failed contoso: 02 10:35 - still",
      "audit-dead-man contoso: 02 18:20 - still",
      "storage-dead-man contoso: 02 18:20 - still",
    ],
  },
  {
    name: "slow",
    summary: "One backup takes an hour instead of three minutes.",
    log: logTo("2026-11-06T12:00:00Z", [
      run("contoso", NIGHT, { minutes: 60 }),
      ...nightly("contoso", "2026-11-06", "2026-11-06"),
    ]),
    watchedFrom: WATCHED_FROM,
    alerts: ["slow contoso: 05 04:00 - 06 04:00"],
  },
  {
    name: "shrunk",
    summary: "One backup holds a hundredth of the usual bytes.",
    log: logTo("2026-11-06T12:00:00Z", [
      run("contoso", NIGHT, { bytes: 10_000 }),
      ...nightly("contoso", "2026-11-06", "2026-11-06"),
    ]),
    watchedFrom: WATCHED_FROM,
    alerts: ["shrunk contoso: 05 03:00 - 06 04:00"],
  },
];
