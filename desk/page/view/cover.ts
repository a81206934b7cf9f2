import type { HsmsAnswer, HsmView } from "../../../backup/model/views/hsm-view.ts";

/**
 * How an HSM stands:
 * - `covered`: its newest verified backup is not too old
 * - `overdue`: it is
 * - `none`: no verified backup exists
 * - `unknown`: its state can't be read
 * - `rejected`: a setting keeps it from being backed up
 * - `notConfigured`: it is no longer backed up; it counts for nothing
 */
export type Cover = "covered" | "overdue" | "none" | "unknown" | "rejected" | "notConfigured";

/** Judged at `now`, not when the answer was made: an HSM becomes overdue while the app is silent, too. */
export function coverOf(hsm: HsmView, { problems }: Pick<HsmsAnswer, "problems">, now: Date): Cover {
  if (problems.some((problem) => problem.hsm === hsm.hsm)) return "rejected";
  if (!hsm.isConfigured) return "notConfigured";
  if (hsm.problem !== null) return "unknown";
  if (hsm.newestSuccess === null) return "none";
  const isOverdue = hsm.overdueAt === null || now.getTime() > Date.parse(hsm.overdueAt);
  return hsm.isOverdue || isOverdue ? "overdue" : "covered";
}

export type JudgedHsm = { readonly hsm: HsmView; readonly cover: Cover };

const ORDER: readonly Cover[] = ["rejected", "unknown", "none", "overdue"];
const rankOf = (cover: Cover): number => (ORDER.includes(cover) ? 0 : cover === "covered" ? 1 : 2);

/** What is not covered first, what is no longer configured last; otherwise in the app's order. */
export const inOrder = (answer: HsmsAnswer, now: Date): readonly JudgedHsm[] =>
  answer.hsms
    .map((hsm) => ({ hsm, cover: coverOf(hsm, answer, now) }))
    .toSorted((a, b) => rankOf(a.cover) - rankOf(b.cover));

export const CHIP_WORDS: Readonly<Record<Cover, string>> = {
  covered: "Covered",
  overdue: "Overdue",
  none: "No backup yet",
  unknown: "Unknown",
  rejected: "Setting rejected",
  notConfigured: "Not configured",
};

export type Tone = "ok" | "bad" | "warn" | "soft";
export const toneOf = (cover: Cover): Tone => (cover === "covered" ? "ok" : cover === "notConfigured" ? "soft" : "bad");
