import { type Column, childAt, childOf, type KqlNode, listAt, nameOf, textOf, Untranslatable } from "./kql-node.ts";
import { type Expression, sqlName, sqlText } from "./sql-words.ts";
import { translateBinary } from "./translate-binary.ts";
import { translateCall } from "./translate-call.ts";

/** What a name may stand for. */
export type Names = {
  readonly columns: readonly Column[];
  readonly scalars: ReadonlyMap<string, Expression>;
};

/** A scalar expression. Throws `Untranslatable` for whatever it doesn't know. */
export function translateExpression(node: KqlNode, names: Names): Expression {
  const expression = translate(node, names);
  if (node.type !== null && node.type !== expression.type)
    throw new Untranslatable(`${expression.type} where the binder says ${node.type}`, node);
  return expression;
}

function translate(node: KqlNode, names: Names): Expression {
  const recur = (child: KqlNode): Expression => translateExpression(child, names);
  switch (node.kind) {
    case "NameReference":
      return resolve(nameOf(node), names);
    case "ParenthesizedExpression":
      return recur(childAt(node, 1));
    case "StringLiteralExpression":
      return { sql: sqlText(node.literal ?? ""), type: "string" };
    case "LongLiteralExpression":
      return { sql: `CAST(${textOf(node)} AS BIGINT)`, type: "long" };
    case "RealLiteralExpression":
      return { sql: `CAST(${textOf(node) === "real(null)" ? "NULL" : textOf(node)} AS DOUBLE)`, type: "real" };
    case "BooleanLiteralExpression":
      return { sql: textOf(node) === "true" ? "true" : "false", type: "bool" };
    case "TimespanLiteralExpression":
      return { sql: `CAST(${microsecondsOf(node)} AS BIGINT)`, type: "timespan" };
    case "PathExpression":
      return member(recur(childAt(node, 0)), nameOf(childAt(node, 2)), node);
    case "ElementExpression":
      return member(recur(childAt(node, 0)), indexOf(childAt(node, 1)), node);
    case "FunctionCallExpression": {
      const given = childOf(node, "ExpressionList");
      if (given === undefined) throw new Untranslatable("a call with no list", node);
      if (nameOf(childAt(node, 0)) === "column_ifexists") return columnOr(listAt(given, 0), names, recur);
      return translateCall(nameOf(childAt(node, 0)), listAt(given, 0).map(recur), node);
    }
    case "InExpression": {
      const wanted = childOf(node, "ExpressionList");
      if (wanted === undefined) throw new Untranslatable("in with no list", node);
      const left = recur(childAt(node, 0));
      const all = listAt(wanted, 0).map(recur);
      if ([left, ...all].some(({ type }) => type !== "string"))
        throw new Untranslatable("in of other than strings", node);
      return { sql: `(${left.sql} IN (${all.map(({ sql }) => sql).join(", ")}))`, type: "bool" };
    }
    default:
      return translateBinary(node, recur);
  }
}

/** `column_ifexists("Column", other)`. */
function columnOr(given: readonly KqlNode[], names: Names, recur: (child: KqlNode) => Expression): Expression {
  const [name, other] = given;
  if (name === undefined || name.literal === null || other === undefined)
    throw new Untranslatable("column_ifexists of another form");
  const column = names.columns.find((each) => each.name === name.literal);
  return column === undefined ? recur(other) : { sql: sqlName(column.name), type: column.type };
}

function resolve(name: string, { columns, scalars }: Names): Expression {
  const column = columns.find((each) => each.name === name);
  if (column !== undefined) return { sql: sqlName(name), type: column.type };
  const scalar = scalars.get(name);
  if (scalar === undefined) throw new Untranslatable(`the name ${name} is neither a column nor a let`);
  return scalar;
}

/** `x.name` and `x["name"]` of a dynamic: null where there is no such thing. */
function member(of: Expression, name: string, node: KqlNode): Expression {
  if (of.type !== "dynamic") throw new Untranslatable(`a path into a ${of.type}`, node);
  if (!/^\w+$/.test(name)) throw new Untranslatable("a path of other than word characters", node);
  return { sql: `json_extract(${of.sql}, '$."${name}"')`, type: "dynamic" };
}

function indexOf(brackets: KqlNode): string {
  const { literal } = childAt(brackets, 1);
  if (literal === null) throw new Untranslatable("an index that is no string literal", brackets);
  return literal;
}

const MICROSECONDS: Readonly<Record<string, number>> = { ms: 1e3, s: 1e6, m: 60e6, h: 3_600e6, d: 86_400e6 };

function microsecondsOf(node: KqlNode): number {
  const [, amount = "", unit = ""] = /^(\d+)(ms|s|m|h|d)$/.exec(textOf(node)) ?? [];
  const size = MICROSECONDS[unit];
  if (size === undefined) throw new Untranslatable("this form of a timespan", node);
  return Number(amount) * size;
}
