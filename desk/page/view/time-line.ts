import type { RunRecord } from "../../../backup/model/run.ts";
import { countWords, sizeWords } from "../../words.ts";

export type Moments = readonly { readonly at: string; readonly afterSeconds: number; readonly words: string }[];

const ACCEPTED = 202;

/** What happened in a run, in order. */
export function timeLineOf(record: RunRecord): Moments {
  const { startedAt, endedAt, attempts, looks, slot } = record;
  const made = attempts.map(({ at, outcome }, index) => {
    const attempt = attempts.length === 1 ? "Attempt" : `Attempt ${index + 1}`;
    return moment(
      at,
      `${attempt}: ${outcome === null ? "whether the HSM took it is not known" : outcomeWords(outcome)}`,
    );
  });
  const end = endedAt === null ? [] : [moment(endedAt, endWords(record))];
  const looked = endedAt === null && looks > 0 ? `; ${countWords(looks, "look")} at the job so far` : "";
  const started = moment(startedAt, `Reserved${slot === null ? " by hand" : ""}${looked}`);
  return [started, ...made, ...end];

  function moment(at: string, words: string) {
    return { at, afterSeconds: Math.round((Date.parse(at) - Date.parse(startedAt)) / 1_000), words };
  }
}

const outcomeWords = ({ code, status }: { readonly code: string; readonly status: number | null }): string => {
  if (status === ACCEPTED) return "accepted";
  return status === null ? code : `${code} (HTTP ${status})`;
};

function endWords({ state, blobCount, bytes, looks }: RunRecord): string {
  const after = looks === 0 ? "" : ` after ${countWords(looks, "look")} at the job`;
  if (state !== "Succeeded") return `${state}${after}`;
  return `Succeeded${after}: ${countWords(blobCount ?? 0, "blob")}, ${sizeWords(bytes ?? 0)}, counted`;
}
