import { type Column, childAt, childOf, type KqlNode, listAt, nameOf, Untranslatable } from "./kql-node.ts";
import type { Relation } from "./relation.ts";
import { AT, type Expression, sqlName, withoutNull } from "./sql-words.ts";
import { type Names, translateExpression } from "./translate-expression.ts";

/** An aggregate: what is computed per group, and the columns that are taken from it. */
type Aggregate = { readonly sql: string; readonly takes: readonly ((value: string) => Expression)[] };

/** `summarize … by …`: no row with no row in, or, without `by`, one row for each evaluation. */
export function translateSummarize(node: KqlNode, from: Relation, names: Names, output: readonly Column[]): string {
  if (listAt(node, 0).length > 0) throw new Untranslatable("a hint of summarize", node);
  const by = childOf(node, "SummarizeByClause");
  const keys = by === undefined ? [] : listAt(by, 0).map((each) => translateExpression(unnamed(each), names));
  const aggregates = listAt(node, 1).map((each) => translateAggregate(unnamed(each), names));
  const grouped = [
    ...keys.map(({ sql }, index) => `${sql} AS k${index}`),
    ...aggregates.map(({ sql }, index) => `${sql} AS a${index}`),
  ];
  const taken = [
    ...keys.map(({ type }, index) => ({ sql: `k${index}`, type })),
    ...aggregates.flatMap(({ takes }, index) => takes.map((take) => take(`a${index}`))),
  ];
  const columns = output.map((column, index) => {
    const value = taken[index];
    if (value?.type !== column.type) throw new Untranslatable(`${column.name} isn't of the binder's type`, node);
    return `${withoutNull(value.sql, value.type)} AS ${sqlName(column.name)}`;
  });
  if (taken.length !== output.length) throw new Untranslatable("another number of columns than the binder's", node);
  const groups = [AT, ...keys.map((_, index) => `k${index}`)].join(", ");
  const rows = by === undefined ? `evaluations LEFT JOIN (${from.sql}) ON ${AT} = "at"` : `(${from.sql})`;
  const at = by === undefined ? `"at" AS "__group"` : `${AT} AS "__group"`;
  const inner = `SELECT ${[at, ...grouped].join(", ")} FROM ${rows} GROUP BY ${groups.replace(AT, '"__group"')}`;
  return `SELECT "__group" AS ${AT}, ${columns.join(", ")} FROM (${inner})`;
}

/** The expression of `name = expression`, or of an expression alone. */
export const unnamed = (node: KqlNode): KqlNode => (node.kind === "SimpleNamedExpression" ? childAt(node, 2) : node);

function translateAggregate(node: KqlNode, names: Names): Aggregate {
  const list = node.kind === "FunctionCallExpression" ? childOf(node, "ExpressionList") : undefined;
  if (list === undefined) throw new Untranslatable("an aggregate that is no call", node);
  const given = listAt(list, 0).map((each) => translateExpression(each, names));
  const [value, ...others] = given;
  const name = nameOf(childAt(node, 0));
  if (name === "count" && value === undefined) return one(`count(${AT})`, "long");
  if (value === undefined) throw new Untranslatable(`${name} of nothing`, node);
  if (name === "countif" && value.type === "bool") return one(`count(CASE WHEN ${value.sql} THEN 1 END)`, "long");
  if (name === "arg_max" && others.length > 0) return argMax(value, others, node);
  // The greatest of strings would go by a collation.
  const isOrdered = ["datetime", "real", "long", "timespan"].includes(value.type);
  if ((name === "max" || name === "min") && isOrdered && others.length === 0)
    return one(`${name}(${value.sql})`, value.type);
  throw new Untranslatable(`the aggregate ${name} of ${given.map(({ type }) => type).join(", ")}`, node);
}

const one = (sql: string, type: string): Aggregate => ({ sql, takes: [(value) => ({ sql: value, type })] });

/** One row for all columns: DuckDB's own `arg_max` passes over nulls of what it gives, so it is given the row as one value. */
function argMax(by: Expression, others: readonly Expression[], node: KqlNode): Aggregate {
  if (!["datetime", "real", "long"].includes(by.type)) throw new Untranslatable(`arg_max by a ${by.type}`, node);
  const all = [by, ...others];
  const row = all.map(({ sql }, index) => `c${index} := ${sql}`).join(", ");
  return {
    sql: `arg_max(struct_pack(${row}), ${by.sql})`,
    takes: all.map(({ type }, index) => (value) => ({ sql: `${value}.c${index}`, type })),
  };
}
