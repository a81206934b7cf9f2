import { type Expression, parseExpression } from "./parse-expression.ts";
import { type Fields, fieldsAt, isFields } from "./template.ts";

/** What the template's own `fail` says. */
export class Refused extends Error {}

/** Evaluates variables and functions of a template, for the functions that its checks use. Anything else throws. */
export type Evaluator = { readonly variable: (name: string) => unknown };

type Scope = { readonly parameters: Fields; readonly lambdas: Fields };

/** `given`: the parameters of a deployment; the others have the template's own defaults. */
export function evaluator(template: Fields, given: Fields): Evaluator {
  const declared = fieldsAt(template, "parameters");
  const functions = functionsOf(template);
  const top: Scope = { lambdas: {}, parameters: {} };

  const parameter = (name: string): unknown => {
    if (Object.hasOwn(given, name)) return given[name];
    const { defaultValue, nullable } = fieldsAt(declared, name);
    if (defaultValue === undefined && nullable !== true) throw new Error(`no parameter ${name}`);
    return defaultValue === undefined ? null : resolved(defaultValue, top);
  };
  const variable = (name: string): unknown => resolved(fieldsAt(template, "variables")[name], top);

  const resolved = (value: unknown, scope: Scope): unknown => {
    if (typeof value === "string" && /^\[[^[].*\]$/s.test(value)) {
      return evaluate(parseExpression(value.slice(1, -1)), scope);
    }
    return value;
  };

  const evaluate = (at: Expression, scope: Scope): unknown => {
    if (at.is === "literal") return at.value;
    if (at.is === "property") return itemOf(evaluate(at.of, scope), evaluate(at.at, scope));
    return call(at.name, at.given, scope);
  };

  const call = (name: string, given: readonly Expression[], scope: Scope): unknown => {
    const own = functions.get(name);
    const value = (index: number): unknown => {
      const expression = given[index];
      if (expression === undefined) throw new Error(`${name} wants more than ${index} values`);
      return evaluate(expression, scope);
    };
    if (own !== undefined) {
      const parameters = Object.fromEntries(own.names.map((each, index) => [each, value(index)]));
      return resolved(own.value, { lambdas: {}, parameters });
    }
    if (name === "if") return value(0) === true ? value(1) : value(2);
    if (name === "parameters") {
      const wanted = String(value(0));
      return Object.hasOwn(scope.parameters, wanted) ? scope.parameters[wanted] : parameter(wanted);
    }
    if (name === "variables") return variable(String(value(0)));
    if (name === "lambdaVariables") return scope.lambdas[String(value(0))];
    if (name === "map" || name === "filter") {
      const lambda = given[1];
      if (lambda?.is !== "call" || lambda.name !== "lambda") throw new Error(`${name} wants a lambda`);
      const [variable, body] = lambda.given;
      if (variable?.is !== "literal" || body === undefined) throw new Error("expected a lambda of one variable");
      const each = (item: unknown) =>
        evaluate(body, { ...scope, lambdas: { ...scope.lambdas, [String(variable.value)]: item } });
      const items = listOf(value(0));
      return name === "map" ? items.map(each) : items.filter((item) => each(item) === true);
    }
    const plain = PLAIN[name];
    if (plain === undefined) throw new Error(`the checks use ${name}, which this evaluator doesn't know`);
    return plain(...given.map((_each, index) => value(index)));
  };
  return { variable };
}

function functionsOf(template: Fields): Map<string, { readonly names: readonly string[]; readonly value: unknown }> {
  const spaces = Array.isArray(template.functions) ? template.functions.filter(isFields) : [];
  const entries = spaces.flatMap((space) =>
    Object.entries(fieldsAt(space, "members")).map(([name, member]) => {
      const given = isFields(member) && Array.isArray(member.parameters) ? member.parameters : [];
      const names = given.map((each) => String(fieldsAt(each).name));
      return [`${String(space.namespace)}.${name}`, { names, value: fieldsAt(member, "output").value }] as const;
    }),
  );
  return new Map(entries);
}

const listOf = (value: unknown): readonly unknown[] => {
  if (!Array.isArray(value)) throw new Error(`expected a list, got ${JSON.stringify(value)}`);
  return value;
};

const itemOf = (of: unknown, at: unknown): unknown => {
  const item = Array.isArray(of) ? of[Number(at)] : isFields(of) ? of[String(at)] : undefined;
  if (item === undefined) throw new Error(`nothing at ${String(at)}`);
  return item;
};

const sizeOf = (value: unknown): number => (typeof value === "string" ? value.length : listOf(value).length);

/** https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions */
const PLAIN: Readonly<Record<string, (...given: readonly unknown[]) => unknown>> = {
  and: (...all) => all.every((each) => each === true),
  or: (...all) => all.some((each) => each === true),
  not: (value) => value !== true,
  equals: (a, b) => a === b,
  less: (a, b) => Number(a) < Number(b),
  lessOrEquals: (a, b) => Number(a) <= Number(b),
  greaterOrEquals: (a, b) => Number(a) >= Number(b),
  greater: (a, b) => Number(a) > Number(b),
  add: (a, b) => Number(a) + Number(b),
  null: () => null,
  true: () => true,
  false: () => false,
  empty: (value) => value === null || sizeOf(value) === 0,
  length: (value) => sizeOf(value),
  range: (from, count) => Array.from({ length: Number(count) }, (_each, index) => Number(from) + index),
  substring: (text, from, count) => String(text).slice(Number(from), Number(from) + Number(count)),
  replace: (text, from, to) => String(text).replaceAll(String(from), String(to)),
  split: (text, by) => String(text).split(String(by)),
  join: (items, by) => listOf(items).join(String(by)),
  toLower: (text) => String(text).toLowerCase(),
  toUpper: (text) => String(text).toUpperCase(),
  // Of texts without regard to case, as Resource Manager compares them; of lists exactly.
  startsWith: (text, start) => String(text).toLowerCase().startsWith(String(start).toLowerCase()),
  endsWith: (text, end) => String(text).toLowerCase().endsWith(String(end).toLowerCase()),
  contains: (of, item) => (typeof of === "string" ? of.includes(String(item)) : listOf(of).includes(item)),
  union: (...lists) => [...new Set(lists.flatMap(listOf))],
  createArray: (...items) => items,
  createObject: (...items) => Object.fromEntries(items.flatMap((key, i) => (i % 2 ? [] : [[key, items[i + 1]]]))),
  format: (text, ...given) =>
    String(text).replace(/\{\{|\}\}|\{(\d+)\}/g, (found, index) =>
      index ? String(given[Number(index)]) : found.slice(1),
    ),
  fail: (message) => {
    throw new Refused(String(message));
  },
};
