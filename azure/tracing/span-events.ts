import type { LogEvent } from "../../backup/log-events.ts";

/** Spans couldn't be sent; told once for a row of failures. Backups don't depend on it. */
export const spansNotSent = (why: string, waiting: number): LogEvent => ({
  event: "spans.delayed",
  level: "warning",
  message: `Application Insights doesn't take the spans of runs: ${why}. Backups go on; spans wait, a bounded number of them.`,
  waiting,
  remedy:
    "See that the app's identity has the role Monitoring Metrics Publisher on Application Insights, and that its ingestion endpoint can be reached.",
});

/** Spans were dropped: traces have holes. */
export const spansLost = (lost: number): LogEvent => ({
  event: "spans.lost",
  level: "warning",
  message: `${lost} spans of runs were lost while Application Insights didn't take them; traces have holes.`,
  lost,
});
