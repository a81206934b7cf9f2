import { type Column, childAt, childOf, type KqlNode, listAt, nameOf, textOf, Untranslatable } from "./kql-node.ts";
import { hiddenOf, neededBy, perEvaluation, type Relation } from "./relation.ts";
import { AT, type Expression, sqlName } from "./sql-words.ts";
import { translateExpression } from "./translate-expression.ts";
import { translateJoin } from "./translate-join.ts";
import { translateSummarize, unnamed } from "./translate-summarize.ts";

/** One operator of a pipe. */
export function operatorOf(
  node: KqlNode,
  from: Relation,
  scalars: ReadonlyMap<string, Expression>,
  recur: (node: KqlNode) => Relation,
): Relation {
  const names = { columns: from.columns, scalars };
  const columns = node.columns ?? [];
  const value = (each: KqlNode): Expression => translateExpression(unnamed(each), names);
  switch (node.kind) {
    case "FilterOperator": {
      const test = translateExpression(childAt(node, 2), names);
      if (test.type !== "bool") throw new Untranslatable("where of other than a bool", node);
      const needed = neededBy(from, [test]);
      return { ...needed, sql: `SELECT * FROM (${needed.sql}) WHERE ${test.sql}` };
    }
    case "ProjectOperator":
      return { ...select(from, columns, listAt(node, 0).map(value)), columns };
    case "ExtendOperator": {
      const added = listAt(node, 0);
      if (columns.length !== from.columns.length + added.length) throw new Untranslatable("a column made anew", node);
      const kept = from.columns.map(({ name, type }): Expression => ({ sql: sqlName(name), type }));
      return { ...select(from, columns, [...kept, ...added.map(value)]), columns };
    }
    case "SummarizeOperator":
      return {
        sql: translateSummarize(node, perEvaluation(from), names, columns),
        columns,
        hidden: "perEvaluation",
        order: null,
      };
    case "JoinOperator":
      return translateJoin(node, from, recur);
    case "SortOperator":
      return {
        ...perEvaluation(from),
        order: listAt(node, 1)
          .map((each) => orderBy(each, names.columns))
          .join(", "),
      };
    case "TopOperator": {
      const order = orderBy(childAt(node, -1), names.columns);
      const rank = `row_number() OVER (PARTITION BY ${AT} ORDER BY ${order}) <= ${textOf(childAt(node, 2))}`;
      const spread = perEvaluation(from);
      return { ...spread, order, sql: `SELECT * FROM (${spread.sql}) QUALIFY ${rank}` };
    }
    default:
      throw new Untranslatable(`the operator ${node.kind}`, node);
  }
}

function select(from: Relation, columns: readonly Column[], values: readonly Expression[]): Relation {
  if (columns.length !== values.length) throw new Untranslatable("another number of columns than the binder's");
  const all = values.map(({ sql }, index) => `${sql} AS ${sqlName(columns[index]?.name ?? "")}`);
  const needed = neededBy(from, values);
  return { ...needed, order: null, sql: `SELECT ${[...hiddenOf(needed), ...all].join(", ")} FROM (${needed.sql})` };
}

/** Descending by default; null is the smallest value, so it comes last then. */
function orderBy(node: KqlNode, columns: readonly Column[]): string {
  const ordered = node.kind === "OrderedExpression" ? childAt(node, 0) : node;
  const clause = node.kind === "OrderedExpression" ? childOf(node, "OrderingClause") : undefined;
  const column = columns.find(({ name }) => name === nameOf(ordered));
  if (ordered.kind !== "NameReference" || column === undefined)
    throw new Untranslatable("an order of other than a column", node);
  const word = clause === undefined ? "desc" : textOf(clause);
  if (word !== "asc" && word !== "desc") throw new Untranslatable("this order", node);
  return `${sqlName(column.name)} ${word === "asc" ? "ASC NULLS FIRST" : "DESC NULLS LAST"}`;
}
