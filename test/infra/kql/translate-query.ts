import type { Schemas } from "./bind.ts";
import { type Column, childAt, type KqlNode, listAt, nameOf, Untranslatable } from "./kql-node.ts";
import { perEvaluation, type Relation } from "./relation.ts";
import { AT, type Expression, sqlName } from "./sql-words.ts";
import { translateExpression } from "./translate-expression.ts";
import { operatorOf } from "./translate-operator.ts";
import { translateDatatable, translateTable, translateUnion } from "./translate-source.ts";

/** What the statements of a query have in common: the tables that are there, and what `let` has named so far. */
export type Scope = {
  readonly schemas: Schemas;
  readonly scalars: Map<string, Expression>;
  readonly tables: Map<string, Relation>;
};

export type Translated = { readonly sql: string; readonly columns: readonly Column[] };

/**
 * A query as one statement of SQL that runs it for every row of `evaluations` at once; each result row carries the
 * evaluation that it belongs to. Throws `Untranslatable` for whatever it doesn't know.
 */
export function translateQuery(root: KqlNode, schemas: Schemas): Translated {
  const scope: Scope = { schemas, scalars: new Map(), tables: new Map() };
  const lets: string[] = [];
  let result: Relation | undefined;
  for (const statement of listAt(root, 1)) {
    if (result !== undefined) throw new Untranslatable("a statement after the result", statement);
    if (statement.kind === "ExpressionStatement")
      result = perEvaluation(translateTabular(childAt(statement, 0), scope));
    else if (statement.kind === "LetStatement") lets.push(...translateLet(statement, scope));
    else throw new Untranslatable(`the statement ${statement.kind}`, statement);
  }
  if (result === undefined) throw new Untranslatable("a query with no result", root);
  const head = lets.length === 0 ? "" : `WITH ${lets.join(", ")} `;
  const order = [AT, ...(result.order === null ? [] : [result.order])].join(", ");
  return { sql: `${head}SELECT * FROM (${result.sql}) ORDER BY ${order}`, columns: result.columns };
}

function translateLet(statement: KqlNode, scope: Scope): readonly string[] {
  const name = nameOf(childAt(statement, 1));
  const value = childAt(statement, 3);
  if (value.columns === null) {
    scope.scalars.set(name, translateExpression(value, { columns: [], scalars: scope.scalars }));
    return [];
  }
  const table = translateTabular(value, scope);
  scope.tables.set(name, { ...table, sql: `SELECT * FROM ${sqlName(name)}`, order: null });
  return [`${sqlName(name)} AS MATERIALIZED (${table.sql})`];
}

/** Whatever gives a table. */
export function translateTabular(node: KqlNode, scope: Scope): Relation {
  const relation = translate(node, scope);
  const shown = ({ name, type }: Column): string => `${name}: ${type}`;
  const [mine, binders] = [relation.columns, node.columns ?? []].map((columns) => columns.map(shown).join(", "));
  if (mine !== binders) throw new Untranslatable(`columns ${mine}, where the binder has ${binders}`, node);
  return relation;
}

function translate(node: KqlNode, scope: Scope): Relation {
  const recur = (child: KqlNode): Relation => translateTabular(child, scope);
  switch (node.kind) {
    case "ParenthesizedExpression":
      return recur(childAt(node, 1));
    case "NameReference":
      return scope.tables.get(nameOf(node)) ?? translateTable(nameOf(node), scope.schemas);
    case "DataTableExpression":
      return translateDatatable(node);
    case "UnionOperator":
      return translateUnion(node, recur, (name) => scope.tables.has(name) || scope.schemas[name] !== undefined);
    case "PipeExpression":
      return operatorOf(childAt(node, 2), recur(childAt(node, 0)), scope.scalars, recur);
    default:
      throw new Untranslatable(`the source ${node.kind}`, node);
  }
}
