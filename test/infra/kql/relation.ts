import type { Column } from "./kql-node.ts";
import { AT, INGESTED_AT, sqlName, TIME } from "./sql-words.ts";

/**
 * A table as SQL, with hidden columns beside its own. `perRow`: what a table of the workspace has, with the times that
 * decide which evaluation may read a row; whatever looks at single rows is done once on it. `perEvaluation`: each row
 * belongs to one evaluation.
 */
export type Relation = {
  readonly sql: string;
  readonly columns: readonly Column[];
  readonly hidden: "perRow" | "perEvaluation";
  /** As it was sorted last; null where it wasn't. */
  readonly order: string | null;
};

export const hiddenOf = ({ hidden }: Relation): readonly string[] => (hidden === "perRow" ? [TIME, INGESTED_AT] : [AT]);

/** Every evaluation with the rows that it may read: from its window's begin on, and arrived by then. */
export function perEvaluation(relation: Relation): Relation {
  if (relation.hidden === "perEvaluation") return relation;
  const names = relation.columns.map(({ name }) => `t.${sqlName(name)}`);
  const readable = `t.${TIME} >= e."from" AND t.${TIME} <= e."at" AND t.${INGESTED_AT} <= e."at"`;
  const sql = `SELECT ${[`e."at" AS ${AT}`, ...names].join(", ")} FROM (${relation.sql}) t JOIN evaluations e ON ${readable}`;
  return { ...relation, sql, hidden: "perEvaluation" };
}

/** As each of these expressions needs it: the instant of the evaluation is there only once there is one. */
export const neededBy = (relation: Relation, expressions: readonly { readonly sql: string }[]): Relation =>
  expressions.some(({ sql }) => sql.includes(AT)) ? perEvaluation(relation) : relation;
