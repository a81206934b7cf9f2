import { childAt, type KqlNode, Untranslatable } from "./kql-node.ts";
import { type Expression, sqlText } from "./sql-words.ts";

type Recur = (node: KqlNode) => Expression;
type Operator = (left: Expression, right: Expression, node: KqlNode) => Expression;

const bool = (sql: string): Expression => ({ sql, type: "bool" });
const isNumber = ({ type }: Expression): boolean => type === "long" || type === "int" || type === "real";
const isWhole = ({ type }: Expression): boolean => type === "long" || type === "int";

/**
 * Two nulls compare to null, a null and a value are unequal: not as in SQL.
 * https://learn.microsoft.com/kusto/query/scalar-data-types/null-values
 */
const equal = (left: Expression, right: Expression, node: KqlNode): string => {
  if (left.type === "dynamic" || right.type === "dynamic") throw new Untranslatable("equality of dynamics", node);
  if (left.type === "string" && right.type === "string") return `(${left.sql} = ${right.sql})`;
  if (left.type !== right.type && !(isNumber(left) && isNumber(right))) throw new Untranslatable("unlike types", node);
  const bothNull = `${left.sql} IS NULL AND ${right.sql} IS NULL`;
  return `(CASE WHEN ${bothNull} THEN NULL ELSE ${left.sql} IS NOT DISTINCT FROM ${right.sql} END)`;
};

const order =
  (word: string): Operator =>
  (left, right, node) => {
    const alike = left.type === right.type ? left.type : isNumber(left) && isNumber(right) ? "real" : "none";
    // Strings would go by a collation, dynamics by their text.
    if (!["real", "long", "int", "datetime", "timespan"].includes(alike)) throw new Untranslatable("this order", node);
    return bool(`(${left.sql} ${word} ${right.sql})`);
  };

const ofTexts =
  (write: (text: string, wanted: string) => string): Operator =>
  (left, _right, node) => {
    const wanted = childAt(node, 2).literal;
    if (left.type !== "string" || wanted === null) throw new Untranslatable("other than a string and a literal", node);
    return bool(write(left.sql, wanted));
  };

/** A whole term, whatever its case: what is before and after it is neither a letter nor a digit. */
const has = (text: string, wanted: string): string => {
  const term = wanted.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  const whole = sqlText(`(^|[^\\p{L}\\p{N}])${term}($|[^\\p{L}\\p{N}])`);
  // The first half says nothing new, but is cheap, and DuckDB runs it on the table itself, before any join.
  return `(contains(lower(${text}), lower(${sqlText(wanted)})) AND regexp_matches(${text}, ${whole}, 'i'))`;
};

const plusOrMinus =
  (word: "+" | "-"): Operator =>
  (left, right, node) => {
    const pair = `${left.type} ${right.type}`;
    if (pair === "datetime timespan")
      return { sql: `(${left.sql} ${word} to_microseconds(${right.sql}))`, type: "datetime" };
    if (pair === "datetime datetime" && word === "-")
      return { sql: `(epoch_us(${left.sql}) - epoch_us(${right.sql}))`, type: "timespan" };
    if (pair === "timespan timespan") return { sql: `(${left.sql} ${word} ${right.sql})`, type: "timespan" };
    return numbers(word)(left, right, node);
  };

const numbers =
  (word: string): Operator =>
  (left, right, node) => {
    if (!isNumber(left) || !isNumber(right)) throw new Untranslatable(`${left.type} ${word} ${right.type}`, node);
    return { sql: `(${left.sql} ${word} ${right.sql})`, type: isWhole(left) && isWhole(right) ? "long" : "real" };
  };

const times: Operator = (left, right, node) => {
  const pair = [left, right];
  if (pair.some(({ type }) => type === "timespan") && pair.some(isWhole))
    return { sql: `(${left.sql} * ${right.sql})`, type: "timespan" };
  return numbers("*")(left, right, node);
};

const dividedBy: Operator = (left, right, node) => {
  if (left.type === "timespan" && right.type === "timespan")
    return { sql: `(CAST(${left.sql} AS DOUBLE) / ${right.sql})`, type: "real" };
  // Whole numbers divide to whole ones in KQL, to fractions in SQL.
  if (isWhole(left) && isWhole(right)) throw new Untranslatable("a division of whole numbers", node);
  return numbers("/")(left, right, node);
};

const logical =
  (word: string): Operator =>
  (left, right, node) => {
    if (left.type !== "bool" || right.type !== "bool") throw new Untranslatable(`${word} of other than bools`, node);
    return bool(`(${left.sql} ${word} ${right.sql})`);
  };

const OPERATORS: Readonly<Record<string, Operator>> = {
  AndExpression: logical("AND"),
  OrExpression: logical("OR"),
  EqualExpression: (left, right, node) => bool(equal(left, right, node)),
  NotEqualExpression: (left, right, node) => bool(`(NOT ${equal(left, right, node)})`),
  EqualTildeExpression: ofTexts((text, wanted) => `(lower(${text}) = lower(${sqlText(wanted)}))`),
  LessThanExpression: order("<"),
  LessThanOrEqualExpression: order("<="),
  GreaterThanExpression: order(">"),
  GreaterThanOrEqualExpression: order(">="),
  HasExpression: ofTexts(has),
  ContainsExpression: ofTexts((text, wanted) => `contains(lower(${text}), lower(${sqlText(wanted)}))`),
  StartsWithExpression: ofTexts((text, wanted) => `starts_with(lower(${text}), lower(${sqlText(wanted)}))`),
  AddExpression: plusOrMinus("+"),
  SubtractExpression: plusOrMinus("-"),
  MultiplyExpression: times,
  DivideExpression: dividedBy,
};

export function translateBinary(node: KqlNode, recur: Recur): Expression {
  const operator = OPERATORS[node.kind];
  if (operator === undefined) throw new Untranslatable(`the expression ${node.kind}`, node);
  return operator(recur(childAt(node, 0)), recur(childAt(node, 2)), node);
}
