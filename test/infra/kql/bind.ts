import { createRequire } from "node:module";
import type { Column, KqlNode } from "./kql-node.ts";

/** What the official parser and binder has to say against a query. */
export type Finding = { readonly code: string; readonly severity: string; readonly message: string };

export type Bound = { readonly root: KqlNode; readonly findings: readonly Finding[] };

/** The tables that a workspace has, by name. */
export type Schemas = Readonly<Record<string, readonly Column[]>>;

type Callable = (...given: readonly unknown[]) => unknown;

const loadParser = ((): (() => {
  kusto: unknown;
  toArray: (list: unknown) => readonly unknown[];
  kindName: Callable;
}) => {
  const require = createRequire(import.meta.url);
  // Both files set globals, Bridge first: that is how the compiled library is meant to be loaded.
  require("@kusto/language-service-next/bridge.min.js");
  require("@kusto/language-service-next/Kusto.Language.Bridge.min.js");
  const kusto = at(globalThis, "Kusto", "Language");
  const bridge = at(globalThis, "Bridge");
  const syntaxKind = at(kusto, "Syntax", "SyntaxKind");
  const toArray = (list: unknown): readonly unknown[] => {
    const array = call(bridge, "toArray", list);
    if (!Array.isArray(array)) throw new Error("The parser gave no list.");
    return array;
  };
  return () => ({
    kusto,
    toArray,
    kindName: (kind) => call(at(globalThis, "System", "Enum"), "toString", syntaxKind, kind),
  });
})();

/** Parses a query and binds its names against the tables given. */
export function bind(text: string, schemas: Schemas): Bound {
  const { kusto, toArray } = loadParser();
  const tables = Object.entries(schemas).map(([name, columns]) => {
    const schema = `(${columns.map((column) => `['${column.name}']: ${column.type}`).join(", ")})`;
    return construct(at(kusto, "Symbols", "TableSymbol", "$ctor7"), name, schema, null);
  });
  const database = construct(at(kusto, "Symbols", "DatabaseSymbol", "ctor"), "workspace", tables);
  const globals = call(at(kusto, "GlobalState", "Default"), "WithDatabase", database);
  const code = call(at(kusto, "KustoCode"), "ParseAndAnalyze", text, globals);
  const findings = toArray(call(code, "GetDiagnostics")).map((finding) => ({
    code: textAt(finding, "Code"),
    severity: textAt(finding, "Severity"),
    message: textAt(finding, "Message"),
  }));
  return { root: toNode(at(code, "Syntax")), findings };
}

function toNode(element: unknown): KqlNode {
  const { toArray, kindName } = loadParser();
  const kind = String(kindName(at(element, "Kind")));
  const children: KqlNode[] = [];
  for (let index = 0; index < Number(at(element, "ChildCount")); index++) {
    const child = call(element, "GetChild", index);
    if (child !== null && child !== undefined) children.push(toNode(child));
  }
  // `a, b` is a list of elements with their commas: only what is between the commas matters.
  const first = children[0];
  if (kind === "SeparatedElement" && first !== undefined) return first;
  const result = at(element, "ResultType");
  const columns = maybeAt(result, "Columns");
  return {
    kind,
    text: children.length === 0 ? String(maybeAt(element, "Text") ?? "") : "",
    literal: kind === "StringLiteralExpression" ? textAt(element, "LiteralValue") : null,
    type: result === null || result === undefined || isTable(result, columns) ? null : textAt(result, "Name"),
    columns: isTable(result, columns) ? toArray(columns).map(toColumn) : null,
    children,
  };
}

const isTable = (result: unknown, columns: unknown): boolean =>
  columns !== undefined && columns !== null && maybeAt(result, "IsTabular") === true;

const toColumn = (column: unknown): Column => ({
  name: textAt(column, "Name"),
  type: textAt(at(column, "Type"), "Name"),
});

function at(value: unknown, ...path: readonly string[]): unknown {
  let found = value;
  for (const name of path) found = maybeAt(found, name);
  return found;
}

function maybeAt(value: unknown, name: string): unknown {
  if (value === null || (typeof value !== "object" && typeof value !== "function")) return undefined;
  return Reflect.get(value, name);
}

function textAt(value: unknown, name: string): string {
  const found = maybeAt(value, name);
  if (typeof found !== "string") throw new Error(`The parser gave no text as ${name}.`);
  return found;
}

function call(target: unknown, name: string, ...given: readonly unknown[]): unknown {
  const found = maybeAt(target, name);
  if (typeof found !== "function") throw new Error(`The parser has no ${name}.`);
  return Reflect.apply(found, target, given);
}

function construct(maker: unknown, ...given: readonly unknown[]): unknown {
  if (typeof maker !== "function") throw new Error("The parser has no such constructor.");
  return Reflect.construct(maker, given);
}
