import type { HsmView } from "../../../backup/model/views/hsm-view.ts";
import { durationWords } from "../../words.ts";
import { ageWords } from "./verdict.ts";

type Active = NonNullable<HsmView["active"]>;

/** `4 min of usually 11 min`. */
export function progressWords(active: Active, usualSeconds: number | null, now: Date): string {
  const usual = usualSeconds === null ? "" : ` of usually ${durationWords(usualSeconds)}`;
  return `${ageWords(active.startedAt, now)}${usual}`;
}

const NEARLY = 0.97;

/** The part of the usual time that is over, less than 1 until the end is known; null where nothing is usual. */
export function progressOf(active: Active, usualSeconds: number | null, now: Date): number | null {
  if (usualSeconds === null || usualSeconds === 0) return null;
  const seconds = (now.getTime() - Date.parse(active.startedAt)) / 1_000;
  return Math.min(Math.max(seconds / usualSeconds, 0), NEARLY);
}

const DOUBTS: Readonly<Record<string, string>> = {
  busy: "The HSM is busy with another backup or restore",
  denied: "Access is denied",
  noAnswer: "No answer came",
  unreadable: "The answer was not that of an HSM",
  notFound: "The HSM does not know the job",
  jobLost: "The HSM does not know the job",
  nothingWritten: "No blob is in the backup's folder yet",
};

/** Why the last step did not get further; the app tries again. */
export const doubtWords = (code: string): string =>
  `${DOUBTS[code] ?? `The last step ended with ${code}`}: the app tries again.`;
