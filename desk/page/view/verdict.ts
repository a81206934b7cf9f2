import type { HsmsAnswer } from "../../../backup/model/views/hsm-view.ts";
import { countWords, durationWords, momentWords } from "../../words.ts";
import { inOrder, type JudgedHsm, type Tone } from "./cover.ts";

/** A piece of a sentence; the name of an HSM stands apart, so that its letters can't reorder the others. */
export type Part = string | { readonly hsm: string };
export type Verdict = { readonly tone: Tone; readonly headline: string; readonly sentence: readonly Part[] };

const MOST_NAMED = 3;

/** The first line of the page: is everything covered? */
export function verdictOf(answer: HsmsAnswer, now: Date): Verdict {
  const counted = inOrder(answer, now).filter(({ cover }) => cover !== "notConfigured");
  const bad = counted.filter(({ cover }) => cover !== "covered");
  const good = counted.filter(({ cover }) => cover === "covered");
  if (counted.length === 0)
    return {
      tone: "bad",
      headline: "No HSM is backed up",
      sentence: ["BACKUP_HSM_URLS names no HSM that can be used."],
    };
  if (bad.length > 0) {
    const named = bad.slice(0, MOST_NAMED).flatMap((each) => [...whyOf(each, now), " "]);
    const others = bad.length - MOST_NAMED;
    const more = others > 0 ? [`${others} ${others === 1 ? "other is" : "others are"} not covered either. `] : [];
    return {
      tone: "bad",
      headline: headlineOf(bad.length, counted.length),
      sentence: [...named, ...more, ...restOf(good, now)],
    };
  }
  const problems = answer.problems.length;
  return {
    tone: problems > 0 ? "warn" : "ok",
    headline: counted.length === 1 ? "The HSM is covered" : allWords(counted.length),
    sentence: [
      ...(problems > 0 ? [`${countWords(problems, "setting needs", "settings need")} attention. `] : []),
      ageOf(good, now),
      `${counted.length === 1 ? "It stays" : "They stay"} covered until ${untilOf(good, now)}.`,
    ],
  };
}

const allWords = (count: number): string => (count === 2 ? "Both HSMs are covered" : `All ${count} HSMs are covered`);

function headlineOf(bad: number, all: number): string {
  if (all === 1) return "The HSM is not covered";
  if (bad === all) return all === 2 ? "Neither HSM is covered" : `None of the ${all} HSMs is covered`;
  return `${bad} of ${all} HSMs ${bad === 1 ? "is" : "are"} not covered`;
}

function whyOf({ hsm, cover }: JudgedHsm, now: Date): readonly Part[] {
  const name = { hsm: hsm.hsm };
  switch (cover) {
    case "rejected":
      return [name, " is not backed up: its setting is rejected."];
    case "unknown":
      return ["Nothing certain is known about ", name, ": see below."];
    case "none": {
      if (hsm.active !== null) return [name, " has no verified backup yet; one is running."];
      const tries = hsm.failuresInARow;
      return [
        name,
        ` has no verified backup yet${tries === 0 ? "" : `; ${countWords(tries, "try", "tries")} failed`}.`,
      ];
    }
    default: {
      const age = hsm.newestSuccess === null ? "" : ` for ${ageWords(hsm.newestSuccess, now)}`;
      const due = hsm.overdueAt === null ? "" : `; it was due by ${momentWords(hsm.overdueAt, now)}`;
      return [name, ` has had no verified backup${age}${due}.`];
    }
  }
}

function restOf(good: readonly JudgedHsm[], now: Date): readonly Part[] {
  if (good.length === 0) return [];
  const who = good.length === 1 ? "The other one is" : `The other ${good.length} are`;
  return [`${who} covered until ${untilOf(good, now)}.`];
}

const ageOf = (good: readonly JudgedHsm[], now: Date): string => {
  const oldest = good.flatMap(({ hsm }) => hsm.newestSuccess ?? []).toSorted()[0];
  const whose = good.length === 1 ? "Its newest verified backup is" : "The newest verified backup of each is at most";
  return oldest === undefined ? "" : `${whose} ${ageWords(oldest, now)} old. `;
};

const untilOf = (good: readonly JudgedHsm[], now: Date): string => {
  const first = good.flatMap(({ hsm }) => hsm.overdueAt ?? []).toSorted()[0];
  return first === undefined ? "further notice" : momentWords(first, now);
};

export const ageWords = (instant: string, now: Date): string =>
  durationWords((now.getTime() - Date.parse(instant)) / 1_000);
