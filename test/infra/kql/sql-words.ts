import { Untranslatable } from "./kql-node.ts";

/** A piece of SQL with its KQL type. */
export type Expression = { readonly sql: string; readonly type: string };

/**
 * How values of KQL's types are kept. A string is never null, as in KQL; a timespan is a number of microseconds, because
 * an interval of SQL has months; a dynamic is JSON.
 */
const SQL_TYPES: Readonly<Record<string, string>> = {
  string: "VARCHAR",
  datetime: "TIMESTAMP",
  timespan: "BIGINT",
  long: "BIGINT",
  int: "INTEGER",
  real: "DOUBLE",
  bool: "BOOLEAN",
  dynamic: "JSON",
};

export function sqlType(type: string): string {
  const found = SQL_TYPES[type];
  if (found === undefined) throw new Untranslatable(`the type ${type}`);
  return found;
}

export const sqlName = (name: string): string => `"${name.replaceAll('"', '""')}"`;
export const sqlText = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** The value where KQL has none: the empty string, or null. */
export const missing = (type: string): string => (type === "string" ? "''" : `CAST(NULL AS ${sqlType(type)})`);

/** What SQL may have made null, with a string made KQL's empty one. */
export const withoutNull = (sql: string, type: string): string => (type === "string" ? `coalesce(${sql}, '')` : sql);

/** The instant of the evaluation that a row belongs to, so that one statement does them all. */
export const AT = '"__at"';
/** When a row was written, whatever the query has made of its `TimeGenerated`. */
export const TIME = '"__time"';
/** When a row had arrived in the workspace: a rule reads nothing that came later. */
export const INGESTED_AT = '"__ingestedAt"';
