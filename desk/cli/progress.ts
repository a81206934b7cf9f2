import { MINUTE, SECOND } from "../../backup/model/instant.ts";
import { durationWords, plainText, timeWords } from "../words.ts";
import { columnsOf, isLive, type Shell } from "./shell.ts";

const CLEAR_LINE = "\r\u001b[2K";
const A_LINE_EVERY = MINUTE;
const MOST_BLOCKS = 30;
const FEWEST_BLOCKS = 5;
/** A run that has not ended is not complete, however long it takes. */
const MOST_PERCENT = 99;

export type Progress = {
  /** Shows the state of the run, as last seen, now. */
  readonly show: (state: string) => void;
  readonly note: (sentence: string) => void;
  /** Removes what is not to stay. */
  readonly end: () => void;
};

/**
 * How far a run is, on standard error: a bar on a terminal, and elsewhere a line at each change and each minute.
 * @param usualSeconds how long this HSM takes; null if that is not known
 */
export function progressOf(hsm: string, usualSeconds: number | null, { stderr, env, now }: Shell): Progress {
  const live = isLive(stderr, env);
  const begun = now().getTime();
  let bar = "";
  let last = { state: "", at: 0 };
  const show = (state: string): void => {
    const at = now().getTime();
    const seconds = (at - begun) / SECOND;
    if (live) {
      bar = barOf({ hsm, state, seconds, usualSeconds }, columnsOf(stderr) - 1);
      stderr.write(`${CLEAR_LINE}${bar}`);
    } else if (state !== last.state || at - last.at >= A_LINE_EVERY) {
      stderr.write(`${timeWords(now().toISOString(), true)} UTC  ${hsm}: ${state}, ${timeOf(seconds, usualSeconds)}\n`);
      last = { state, at };
    }
  };
  return {
    show,
    note: (sentence) => {
      const line = plainText(sentence);
      stderr.write(live ? `${CLEAR_LINE}${line}\n${bar}` : `${timeWords(now().toISOString(), true)} UTC  ${line}\n`);
    },
    end: () => {
      if (live) stderr.write(CLEAR_LINE);
    },
  };
}

export type Bar = {
  readonly hsm: string;
  readonly state: string;
  readonly seconds: number;
  readonly usualSeconds: number | null;
};

/** One line of at most `columns` characters; where there is no room for a bar, it has none. */
export function barOf({ hsm, state, seconds, usualSeconds }: Bar, columns: number): string {
  const end = timeOf(seconds, usualSeconds);
  const start = `${hsm}  ${state}`;
  if (!usualSeconds) return plainText(`${start}  ${end}`, columns);
  const percent = Math.min(MOST_PERCENT, Math.floor((seconds / usualSeconds) * 100));
  const shown = `${String(percent).padStart(2)} %  ${end}`;
  const blocks = Math.min(MOST_BLOCKS, columns - `${start}  []  ${shown}`.length);
  if (blocks < FEWEST_BLOCKS) return plainText(`${start}  ${shown}`, columns);
  const full = Math.round((blocks * percent) / 100);
  return `${start}  [${"█".repeat(full)}${"░".repeat(blocks - full)}]  ${shown}`;
}

function timeOf(seconds: number, usualSeconds: number | null): string {
  const words = durationWords(seconds);
  if (usualSeconds === null) return words;
  const usual = durationWords(usualSeconds);
  return seconds > usualSeconds ? `${words}, longer than the usual ${usual}` : `${words} of the usual ${usual}`;
}
