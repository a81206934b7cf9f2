import { type DuckDBConnection, DuckDBInstance, type DuckDBValue, VARCHAR } from "@duckdb/node-api";
import { bind, type Schemas } from "./bind.ts";
import { type Column, Untranslatable } from "./kql-node.ts";
import { AT, INGESTED_AT, sqlName, sqlType } from "./sql-words.ts";
import { type Translated, translateQuery } from "./translate-query.ts";

/** A row as it is put in: instants as ISO text, dynamics as JSON text. `ingestedAt` by default its own `TimeGenerated`. */
export type Row = { readonly TimeGenerated: string; readonly [column: string]: string | number | boolean | null };
export type Rows = Readonly<Record<string, readonly (Row & { readonly ingestedAt?: string })[]>>;

/** One run of a query: at that instant, over the rows since `from`. Milliseconds since the epoch. */
export type Evaluation = { readonly at: number; readonly from: number };

/** A row of a result: instants as ISO text, timespans in seconds. */
export type Result = { readonly at: number; readonly row: Readonly<Record<string, string | number | boolean | null>> };

export type Workspace = {
  /** Runs a query once for each evaluation. Throws where the binder finds anything, or the translation doesn't know something. */
  readonly run: (query: string, evaluations: readonly Evaluation[]) => Promise<readonly Result[]>;
  readonly close: () => void;
};

/** A workspace with these tables and rows, and no others: a table that has no entry in `rows` doesn't exist. */
export async function openWorkspace(schemas: Schemas, rows: Rows): Promise<Workspace> {
  // Tables this small gain nothing from more threads, which cost half as much again.
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const connection = await instance.connect();
  const existing = Object.fromEntries(Object.keys(rows).map((name) => [name, schemas[name] ?? unknownTable(name)]));
  for (const [name, columns] of Object.entries(existing)) await fill(connection, name, columns, rows[name] ?? []);
  await connection.run('CREATE TABLE evaluations("at" TIMESTAMP, "from" TIMESTAMP)');
  return {
    run: (query, evaluations) => run(connection, existing, query, evaluations),
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

function unknownTable(name: string): never {
  throw new Error(`There is no schema of ${name}.`);
}

async function fill(
  connection: DuckDBConnection,
  name: string,
  columns: readonly Column[],
  rows: Rows[string],
): Promise<void> {
  const types = columns.map((column) => `${sqlName(column.name)} ${sqlType(column.type)}`).join(", ");
  await connection.run(`CREATE TABLE ${sqlName(name)}(${types}, ${INGESTED_AT} TIMESTAMP)`);
  await connection.run(`CREATE TABLE raw(${columns.map((_, i) => `c${i} VARCHAR`).join(", ")}, ingested VARCHAR)`);
  const appender = await connection.createAppender("raw");
  for (const row of rows) {
    for (const { name: column } of columns)
      append(
        row[column],
        (text) => appender.appendValue(text, VARCHAR),
        () => appender.appendNull(),
      );
    appender.appendValue(row.ingestedAt ?? row.TimeGenerated, VARCHAR);
    appender.endRow();
  }
  appender.closeSync();
  // As everywhere, no string is null.
  const values = columns.map(({ type }, i) =>
    type === "string" ? `coalesce(c${i}, '')` : `CAST(c${i} AS ${sqlType(type)})`,
  );
  await connection.run(
    `INSERT INTO ${sqlName(name)} SELECT ${values.join(", ")}, CAST(ingested AS TIMESTAMP) FROM raw ORDER BY 1`,
  );
  await connection.run("DROP TABLE raw");
}

function append(value: Row[string] | undefined, text: (value: string) => void, nothing: () => void): void {
  if (value === null || value === undefined) nothing();
  else text(String(value));
}

const translations = new Map<string, Translated>();

/** Parsing is a good part of a story, and the stories run the same queries. */
function translate(query: string, schemas: Schemas): Translated {
  const key = JSON.stringify([query, schemas]);
  const known = translations.get(key);
  if (known !== undefined) return known;
  const { root, findings } = bind(query, schemas);
  // A fuzzy union may name a table that isn't there: that is what it is for.
  const serious = findings.filter(({ code }) => code !== "KS205");
  if (serious.length > 0) throw new Error(serious.map(({ message }) => message).join(" "));
  const translation = translateQuery(root, schemas);
  translations.set(key, translation);
  return translation;
}

async function run(
  connection: DuckDBConnection,
  schemas: Schemas,
  query: string,
  evaluations: readonly Evaluation[],
): Promise<readonly Result[]> {
  const { sql, columns } = translate(query, schemas);
  await connection.run("DELETE FROM evaluations");
  const instants = evaluations.map(({ at, from }) => `(make_timestamp(${at}000), make_timestamp(${from}000))`);
  if (instants.length === 0) return [];
  await connection.run(`INSERT INTO evaluations VALUES ${instants.join(", ")}`);
  const shown = columns.map((column, i) => `${readable(column)} AS c${i}`);
  const reader = await connection.runAndReadAll(
    `SELECT ${[`CAST(epoch_ms(${AT}) AS DOUBLE)`, ...shown].join(", ")} FROM (${sql})`,
  );
  return reader.getRows().map(([at, ...values]) => ({
    at: Number(at),
    row: Object.fromEntries(columns.map(({ name }, i) => [name, plain(values[i] ?? null)])),
  }));
}

const MICROSECONDS_A_SECOND = 1e6;

function readable({ name, type }: Column): string {
  if (type === "datetime") return `strftime(${sqlName(name)}, '%Y-%m-%dT%H:%M:%S.%gZ')`;
  if (type === "timespan") return `${sqlName(name)} / ${MICROSECONDS_A_SECOND}`;
  if (type === "long" || type === "int") return `CAST(${sqlName(name)} AS DOUBLE)`;
  return type === "dynamic" ? `CAST(${sqlName(name)} AS VARCHAR)` : sqlName(name);
}

function plain(value: DuckDBValue): string | number | boolean | null {
  if (value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean")
    return value;
  throw new Untranslatable(`a result of the kind ${typeof value}`);
}
