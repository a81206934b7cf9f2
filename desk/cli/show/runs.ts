import { millis, SECOND } from "../../../backup/model/instant.ts";
import type { RunRecord } from "../../../backup/model/run.ts";
import type { CoverageAnswer, CoverageSlot } from "../../../backup/model/views/coverage-view.ts";
import type { RunList } from "../../../backup/model/views/listed-run.ts";
import { countWords, durationWords, sizeWords } from "../../words.ts";
import { type Cell, type Colour, facts, type Look, table } from "./table.ts";

const COLOURS: Readonly<Record<string, Colour>> = {
  Succeeded: "green",
  Starting: "yellow",
  InProgress: "yellow",
  Failed: "red",
  Canceled: "red",
  TimedOut: "red",
  covered: "green",
  failed: "red",
  missed: "red",
};
const coloured = (text: string): Cell => {
  const colour = COLOURS[text];
  return colour === undefined ? text : { text, colour };
};

const took = ({
  startedAt,
  endedAt,
}: {
  readonly startedAt: string | null;
  readonly endedAt: string | null;
}): string => {
  const seconds = startedAt === null || endedAt === null ? Number.NaN : (millis(endedAt) - millis(startedAt)) / SECOND;
  return Number.isNaN(seconds) ? "" : durationWords(seconds);
};
const sizeOf = (bytes: number | null): string => (bytes === null ? "" : sizeWords(bytes));

/** `runs`: a row for each run, newest first. Its id says when it was started. */
export function showRuns({ runs }: RunList, look: Look): readonly string[] {
  const rows = runs.map((run): readonly Cell[] => [run.id, coloured(run.state), took(run), sizeOf(run.bytes), run.hsm]);
  return table(["RUN", "STATE", "TOOK", "SIZE", "HSM"], rows, look);
}

/** `2026-11-23 02:00:12 UTC` */
const timeOf = (instant: string): string =>
  `${new Date(instant).toISOString().slice(0, "2026-11-23T02:00:12".length).replace("T", " ")} UTC`;

/** `show`: everything about a run that an operator needs. */
export function showRun(run: RunRecord): readonly string[] {
  const { error, startedAt, endedAt, slot, bytes, blobCount } = run;
  return facts([
    ["run", run.id],
    ["hsm", run.hsm],
    ["state", run.state],
    ["trigger", slot === null ? run.trigger : `${run.trigger}, for ${timeOf(slot)}`],
    ["started", timeOf(startedAt)],
    ["ended", endedAt === null ? null : `${timeOf(endedAt)}, after ${took(run)}`],
    ["deadline", endedAt === null ? timeOf(run.deadlineAt) : null],
    ["size", bytes === null || blobCount === null ? null : `${sizeWords(bytes)} in ${countWords(blobCount, "blob")}`],
    ["container", run.container],
    ["folder", run.folderUrl],
    ["job", run.jobId],
    ["attempts", String(run.attempts.length)],
    ["error", error && `${error.code}: ${[error.message, ...error.inner].join(" ")}`],
    ["remedy", error?.remedy ?? null],
  ]);
}

/** `coverage`: a row for each slot, newest first, and below how many are covered. */
export function showCoverage({ slots }: CoverageAnswer, look: Look): readonly string[] {
  const rows = slots.map((each): readonly Cell[] => [
    timeOf(each.slot).slice(0, "2026-11-23 02:00".length),
    each.isRunning ? { text: "running", colour: "yellow" } : coloured(each.state),
    each.run ?? "",
    each.seconds === null ? "" : durationWords(each.seconds),
    sizeOf(each.bytes),
  ]);
  return [...table(["SLOT (UTC)", "STATE", "RUN", "TOOK", "SIZE"], rows, look), "", summaryOf(slots)];
}

function summaryOf(slots: readonly CoverageSlot[]): string {
  const due = slots.filter(({ state }) => state !== "notDue");
  const of = (state: CoverageSlot["state"]) => due.filter((each) => each.state === state).length;
  return `${of("covered")} of ${countWords(due.length, "slot")} covered, ${of("failed")} failed, ${of("missed")} missed`;
}
