import type { Schemas } from "./bind.ts";
import { type Column, childAt, childOf, type KqlNode, listAt, nameOf, textOf, Untranslatable } from "./kql-node.ts";
import { hiddenOf, perEvaluation, type Relation } from "./relation.ts";
import { AT, INGESTED_AT, missing, sqlName, TIME } from "./sql-words.ts";
import { translateExpression } from "./translate-expression.ts";

type Recur = (node: KqlNode) => Relation;

/** A table of the workspace. */
export function translateTable(name: string, schemas: Schemas): Relation {
  const columns = schemas[name];
  if (columns === undefined) throw new Untranslatable(`the table ${name}, which isn't there`);
  const names = columns.map((column) => sqlName(column.name));
  const sql = `SELECT ${[`"TimeGenerated" AS ${TIME}`, INGESTED_AT, ...names].join(", ")} FROM ${sqlName(name)}`;
  return { sql, columns, hidden: "perRow", order: null };
}

/** `datatable(…)[…]`: the same rows for every evaluation. */
export function translateDatatable(node: KqlNode): Relation {
  const schema = childOf(node, "RowSchema");
  if (schema === undefined) throw new Untranslatable("a datatable with no schema", node);
  const columns = listAt(schema, 0).map(
    (each): Column => ({ name: nameOf(childAt(each, 0)), type: textOf(childAt(each, 2)) }),
  );
  const values = listAt(node, 1).map((each) => translateExpression(each, { columns: [], scalars: new Map() }));
  if (values.length === 0) {
    const nothing = [TIME, INGESTED_AT].map((name) => `CAST(NULL AS TIMESTAMP) AS ${name}`);
    const empty = columns.map(({ name, type }) => `${missing(type)} AS ${sqlName(name)}`);
    return { sql: `SELECT ${[...nothing, ...empty].join(", ")} WHERE false`, columns, hidden: "perRow", order: null };
  }
  if (columns.length !== 1 || columns[0]?.type !== "string" || values.some(({ type }) => type !== "string"))
    throw new Untranslatable("a filled datatable of other than one column of strings", node);
  const rows = values.map(({ sql }) => `(${sql})`).join(", ");
  const name = sqlName(columns[0].name);
  const sql = `SELECT "at" AS ${AT}, ${name} FROM evaluations CROSS JOIN (VALUES ${rows}) v(${name})`;
  return { sql, columns, hidden: "perEvaluation", order: null };
}

/** `union`, of all columns of all legs; with `isfuzzy=true` a table that isn't there is left out, as the service does. */
export function translateUnion(node: KqlNode, recur: Recur, isThere: (name: string) => boolean): Relation {
  const parameters = listAt(node, 0).map(textOf);
  const isFuzzy = parameters.includes("isfuzzy = true");
  if (parameters.some((each) => each !== "isfuzzy = true")) throw new Untranslatable("a parameter of union", node);
  const legs = listAt(node, 1).filter((leg) => !(isFuzzy && leg.kind === "NameReference" && !isThere(nameOf(leg))));
  const all = legs.map(recur);
  const relations = all.every(({ hidden }) => hidden === "perRow") ? all : all.map(perEvaluation);
  const columns = node.columns ?? [];
  const selects = relations.map((relation) => {
    const values = columns.map((column) => `${valueIn(relation, column, node)} AS ${sqlName(column.name)}`);
    return `SELECT ${[...hiddenOf(relation), ...values].join(", ")} FROM (${relation.sql})`;
  });
  const hidden = relations[0]?.hidden;
  if (hidden === undefined) throw new Untranslatable("a union of nothing", node);
  return { sql: selects.join(" UNION ALL "), columns, hidden, order: null };
}

function valueIn(relation: Relation, { name, type }: Column, node: KqlNode): string {
  const own = relation.columns.find((each) => each.name === name);
  if (own === undefined) return missing(type);
  // The service would make two columns of it, name_type each.
  if (own.type !== type) throw new Untranslatable(`${name} of two types`, node);
  return sqlName(name);
}
