import { childAt, childOf, type KqlNode, listAt, nameOf, textOf, Untranslatable } from "./kql-node.ts";
import { perEvaluation, type Relation } from "./relation.ts";
import { AT, sqlName, withoutNull } from "./sql-words.ts";

const KINDS = ["leftouter", "inner", "leftanti"];

/** `join kind=… (…) on Column`, of strings: a null key would be another matter in SQL. */
export function translateJoin(node: KqlNode, from: Relation, recur: (node: KqlNode) => Relation): Relation {
  const kind = listAt(node, 0).map(textOf).join(" ").replace("kind = ", "");
  // Without a kind it is innerunique, which takes any one row of the left side.
  if (!KINDS.includes(kind)) throw new Untranslatable(`a join of kind ${kind || "innerunique"}`, node);
  const clause = childOf(node, "JoinOnClause");
  if (clause === undefined) throw new Untranslatable("a join with no on", node);
  const left = perEvaluation(from);
  const right = perEvaluation(recur(childAt(node, 2)));
  const keys = listAt(clause, 0).map((key) => {
    const name = nameOf(key);
    const isText = [left, right].every(({ columns }) =>
      columns.some((each) => each.name === name && each.type === "string"),
    );
    if (key.kind !== "NameReference" || !isText) throw new Untranslatable("a key that is no string of both sides", key);
    return `l.${sqlName(name)} = r.${sqlName(name)}`;
  });
  const on = [`l.${AT} = r.${AT}`, ...keys].join(" AND ");
  const columns = node.columns ?? [];
  if (kind === "leftanti") {
    const sql = `SELECT l.* FROM (${left.sql}) l WHERE NOT EXISTS (SELECT 1 FROM (${right.sql}) r WHERE ${on})`;
    return { sql, columns, hidden: "perEvaluation", order: null };
  }
  const values = [
    ...left.columns.map(({ name }) => `l.${sqlName(name)}`),
    ...right.columns.map(({ name, type }) => withoutNull(`r.${sqlName(name)}`, type)),
  ];
  if (values.length !== columns.length) throw new Untranslatable("another number of columns than the binder's", node);
  const named = values.map((value, index) => `${value} AS ${sqlName(columns[index]?.name ?? "")}`);
  const joined = `(${left.sql}) l ${kind === "inner" ? "JOIN" : "LEFT JOIN"} (${right.sql}) r ON ${on}`;
  return {
    sql: `SELECT ${[`l.${AT}`, ...named].join(", ")} FROM ${joined}`,
    columns,
    hidden: "perEvaluation",
    order: null,
  };
}
