import { logged, ticks } from "./written-log.ts";
import { dailyAtTwo, nightly, run, sundaysAtTwo } from "./written-run.ts";
import type { WrittenStory } from "./written-story.ts";

const HSMS = ["contoso"];
/** A Sunday, ten minutes after the installation. */
const INSTALLED = "2026-11-01T10:20:00Z";
const first = run("contoso", INSTALLED, { slot: Date.parse("2026-11-01T02:00:00Z") });

/** No alert is due. */
export const QUIET_STORIES: readonly WrittenStory[] = [
  {
    name: "healthy month",
    summary: "A new HSM is overdue at its first check, gets its first backup in the same tick, then one a day.",
    log: {
      from: INSTALLED,
      to: "2026-12-01T10:00:00Z",
      hsms: HSMS,
      runs: [first, ...nightly("contoso", "2026-11-02", "2026-12-01")],
    },
    alerts: [],
  },
  {
    name: "failed once",
    summary: "The job of the slot fails; the retry, 15 minutes later, succeeds.",
    log: {
      from: INSTALLED,
      to: "2026-11-06T12:00:00Z",
      hsms: HSMS,
      runs: [
        first,
        ...nightly("contoso", "2026-11-02", "2026-11-04"),
        run("contoso", "2026-11-05T02:00:00Z", { state: "Failed", code: "StorageError" }),
        run("contoso", "2026-11-05T02:20:00Z", { slot: Date.parse("2026-11-05T02:00:00Z") }),
        ...nightly("contoso", "2026-11-06", "2026-11-06"),
      ],
    },
    alerts: [],
  },
  {
    name: "audit log without tables of its own",
    summary: "The HSM's diagnostic setting writes to AzureDiagnostics.",
    log: {
      from: INSTALLED,
      to: "2026-11-04T10:00:00Z",
      hsms: HSMS,
      audit: "AzureDiagnostics",
      runs: [first, ...nightly("contoso", "2026-11-02", "2026-11-04")],
    },
    alerts: [],
  },
  {
    name: "weekly to daily",
    summary:
      "The schedule becomes daily on a Wednesday: overdue at once, until the due backup succeeds twelve minutes later.",
    log: {
      from: "2026-11-01T01:00:00Z",
      to: "2026-11-06T12:00:00Z",
      hsms: HSMS,
      scheduleAt: (at) => (at < Date.parse("2026-11-04T12:00:00Z") ? sundaysAtTwo : dailyAtTwo),
      runs: [
        run("contoso", "2026-10-25T02:00:00Z"),
        run("contoso", "2026-11-01T02:00:00Z"),
        run("contoso", "2026-11-04T12:00:00Z", { slot: Date.parse("2026-11-04T02:00:00Z"), minutes: 12 }),
        ...nightly("contoso", "2026-11-05", "2026-11-06"),
      ],
    },
    deadManHours: 175,
    alerts: [],
  },
  {
    name: "old messages",
    summary: "Old queue messages are dropped, and the timer resumes a run now and then.",
    log: {
      from: INSTALLED,
      to: "2026-11-02T10:00:00Z",
      hsms: HSMS,
      runs: [first, ...nightly("contoso", "2026-11-02", "2026-11-02")],
      more: ticks("2026-11-02T02:00:00Z", "2026-11-02T02:15:00Z").flatMap((at) => [
        logged(at, "message.dropped", { hsm: "contoso", run: "20261102T020000Z-s-contoso", why: "old seq" }),
        logged(at, "backup.resumed", { hsm: "contoso", run: "20261102T020000Z-s-contoso" }),
      ]),
    },
    alerts: [],
  },
];
