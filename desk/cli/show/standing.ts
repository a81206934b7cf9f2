import type { HealthAnswer, Standing } from "../../../backup/model/views/standing.ts";
import { durationWords } from "../../words.ts";
import type { Cell } from "./table.ts";

type Configured = Standing & { readonly isConfigured: boolean };

/** One word on an HSM, the worst first. */
export function statusOf({ problem, isOverdue, isConfigured }: Configured): Cell {
  if (problem !== null) return { text: "problem", colour: "red" };
  if (!isConfigured) return { text: "not configured", colour: "yellow" };
  return isOverdue ? { text: "overdue", colour: "red" } : { text: "ok", colour: "green" };
}

/** The age of the newest verified backup. */
export const ageOf = ({ ageSeconds }: Standing): string => (ageSeconds === null ? "none" : durationWords(ageSeconds));

/** A line for each problem of an HSM, and for each rejected setting. */
export const problemLines = (hsms: readonly Standing[], problems: HealthAnswer["problems"]): readonly string[] => [
  ...hsms.flatMap(({ hsm, problem }) => (problem === null ? [] : [`${hsm}: ${problem}`])),
  ...problems.map(({ setting, problem }) => `${setting}: ${problem}`),
];
