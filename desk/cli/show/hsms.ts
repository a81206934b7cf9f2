import { millis, SECOND } from "../../../backup/model/instant.ts";
import type { HsmsAnswer, HsmView } from "../../../backup/model/views/hsm-view.ts";
import type { HealthAnswer } from "../../../backup/model/views/standing.ts";
import { countWords, durationWords, momentWords, plainText, sizeWords } from "../../words.ts";
import { ageOf, problemLines, statusOf } from "./standing.ts";
import { type Cell, type Look, painted, table } from "./table.ts";

/** `hsms`: a row for each HSM, and below what is wrong. */
export function showHsms({ hsms, problems, now }: HsmsAnswer, look: Look): readonly string[] {
  const at = new Date(now);
  const rows = hsms.map((each): readonly Cell[] => [
    each.hsm,
    statusOf(each),
    ageOf(each),
    each.newestBytes === null ? "" : sizeWords(each.newestBytes),
    nextOf(each, at),
  ]);
  const failures = hsms.flatMap((each) => failureLine(each, at));
  return [
    ...table(["HSM", "STATUS", "AGE", "SIZE", "NEXT"], rows, look),
    ...below([...problemLines(hsms, problems), ...failures]),
  ];
}

const below = (lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : ["", ...lines.map((line) => plainText(line))];

/** What runs, or when the next run starts. */
function nextOf({ active, nextStartAt }: HsmView, now: Date): Cell {
  if (active === null) return nextStartAt === null ? "" : momentWords(nextStartAt, now);
  const seconds = (now.getTime() - millis(active.startedAt)) / SECOND;
  return { text: `${active.state} ${durationWords(seconds)}`, colour: "yellow" };
}

function failureLine({ hsm, newestFailure, failuresInARow }: HsmView, now: Date): readonly string[] {
  if (newestFailure === null) return [];
  const { state, endedAt, error, run } = newestFailure;
  const times = failuresInARow > 1 ? `, ${failuresInARow} in a row` : "";
  const why = error === null ? `see: mhsm-backup show ${hsm} ${run}` : `${error.message} ${error.remedy}`;
  return [`${hsm}: ${state} at ${momentWords(endedAt, now)}${times}: ${why}`];
}

/** `health`: one sentence, a row for each HSM, and below what is wrong. */
export function showHealth({ status, version, hsms, problems }: HealthAnswer, look: Look): readonly string[] {
  const word = painted(status, status === "healthy" ? "green" : "red", look);
  const rows = hsms.map((each): readonly Cell[] => [each.hsm, statusOf(each), ageOf(each), each.running ?? ""]);
  return [
    `${word}, version ${plainText(version)}, ${countWords(hsms.length, "HSM")}`,
    "",
    ...table(["HSM", "STATUS", "AGE", "RUNNING"], rows, look),
    ...below(problemLines(hsms, problems)),
  ];
}
