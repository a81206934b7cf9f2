import { type KqlNode, Untranslatable } from "./kql-node.ts";
import { AT, type Expression } from "./sql-words.ts";

type Write = (given: readonly string[]) => string;
type Form = { readonly from: string; readonly gives: string; readonly write: Write };

const first =
  (write: (value: string) => string): Write =>
  ([value = ""]) =>
    write(value);

/** Of a JSON value: strings without their quotes, null as the empty string, as KQL's `tostring`. */
const textOfJson = (value: string): string => `coalesce(json_extract_string(${value}, '$'), '')`;

const WHOLE = "'[+-]?[0-9]+'";
const toWhole = (type: string): Write =>
  first((value) => `(CASE WHEN regexp_full_match(${value}, ${WHOLE}) THEN try_cast(${value} AS ${type}) END)`);

const ISO = "'\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?Z'";
/** KQL reads many forms of a date; ours are all ISO 8601 in UTC, and another one is a surprise that has to be seen. */
const toDatetime = (text: string): string =>
  `(CASE WHEN ${text} = '' THEN NULL WHEN regexp_full_match(${text}, ${ISO}) THEN try_cast(${text} AS TIMESTAMP) ELSE error('no ISO date: ' || ${text}) END)`;
const toBool = (text: string): string =>
  `(CASE ${text} WHEN 'true' THEN true WHEN 'false' THEN false WHEN '' THEN NULL ELSE error('no bool: ' || ${text}) END)`;
const toReal = (text: string): string =>
  `(CASE WHEN ${text} IN ('true', 'false') THEN error('no number: ' || ${text}) ELSE try_cast(${text} AS DOUBLE) END)`;

const MICROSECONDS_A_DAY = 86_400_000_000;

/** Every function in every form of its arguments' types that the queries use. */
const FORMS: Readonly<Record<string, readonly Form[]>> = {
  now: [{ from: "", gives: "datetime", write: () => AT }],
  ago: [{ from: "timespan", gives: "datetime", write: first((span) => `(${AT} - to_microseconds(${span}))`) }],
  parse_json: [
    // What is no JSON becomes a dynamic string.
    {
      from: "string",
      gives: "dynamic",
      write: first((x) => `(CASE WHEN json_valid(${x}) THEN CAST(${x} AS JSON) ELSE to_json(${x}) END)`),
    },
  ],
  tostring: [
    { from: "string", gives: "string", write: first((value) => value) },
    { from: "dynamic", gives: "string", write: first(textOfJson) },
    { from: "long", gives: "string", write: first((value) => `coalesce(CAST(${value} AS VARCHAR), '')`) },
  ],
  todatetime: [
    { from: "string", gives: "datetime", write: first(toDatetime) },
    { from: "dynamic", gives: "datetime", write: first((value) => toDatetime(textOfJson(value))) },
  ],
  tobool: [{ from: "dynamic", gives: "bool", write: first((value) => toBool(textOfJson(value))) }],
  toreal: [
    { from: "dynamic", gives: "real", write: first((value) => toReal(textOfJson(value))) },
    { from: "string", gives: "real", write: first(toReal) },
    { from: "long", gives: "real", write: first((value) => `CAST(${value} AS DOUBLE)`) },
  ],
  toint: [{ from: "string", gives: "int", write: toWhole("INTEGER") }],
  tolong: [{ from: "string", gives: "long", write: toWhole("BIGINT") }],
  tolower: [{ from: "string", gives: "string", write: first((value) => `lower(${value})`) }],
  isempty: [{ from: "string", gives: "bool", write: first((value) => `(${value} = '')`) }],
  isnotempty: [{ from: "string", gives: "bool", write: first((value) => `(${value} <> '')`) }],
  isnull: ["datetime", "real", "bool", "long"].map((from) => ({
    from,
    gives: "bool",
    write: first((value) => `(${value} IS NULL)`),
  })),
  isnotnull: ["datetime", "real", "bool", "long"].map((from) => ({
    from,
    gives: "bool",
    write: first((value) => `(${value} IS NOT NULL)`),
  })),
  iff: ["string", "real", "long", "datetime"].map((type) => ({
    from: `bool ${type} ${type}`,
    gives: type,
    write: ([test = "", then = "", otherwise = ""]) => `(CASE WHEN ${test} THEN ${then} ELSE ${otherwise} END)`,
  })),
  extract: [
    {
      from: "string long string",
      gives: "string",
      write: ([regex = "", group = "", text = ""]) => `regexp_extract(${text}, ${regex}, CAST(${group} AS INTEGER))`,
    },
  ],
  strcat: [{ from: "string string", gives: "string", write: (given) => `(${given.join(" || ")})` }],
  round: [
    {
      from: "real long",
      gives: "real",
      write: ([value = "", digits = ""]) => `round(${value}, CAST(${digits} AS INTEGER))`,
    },
  ],
  startofday: [{ from: "datetime", gives: "datetime", write: first((value) => `date_trunc('day', ${value})`) }],
  bin: [
    {
      from: "datetime timespan",
      gives: "datetime",
      // KQL counts from the year 1, SQL's epoch is 1970: the same only for what divides a day.
      write: ([value = "", size = ""]) =>
        `(CASE WHEN ${MICROSECONDS_A_DAY} % ${size} <> 0 THEN error('a bin that does not divide a day') ELSE make_timestamp(epoch_us(${value}) - epoch_us(${value}) % ${size}) END)`,
    },
  ],
};

export function translateCall(name: string, given: readonly Expression[], node: KqlNode): Expression {
  const from = given.map(({ type }) => type).join(" ");
  const form = FORMS[name]?.find((each) => each.from === from);
  if (form === undefined) throw new Untranslatable(`the function ${name}(${from})`, node);
  return { sql: form.write(given.map(({ sql }) => sql)), type: form.gives };
}
