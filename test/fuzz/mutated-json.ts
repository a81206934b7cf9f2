import fc from "fast-check";
import { anyJson, anyKey, anyText } from "./any-text.ts";

type Path = readonly (string | number)[];

/** Values that a field may get besides any JSON: what is nearly right. */
export const PAST_DATES = ["0099-12-31T23:59:59.999Z", "1970-01-01T00:00:00.000Z", "2026-11-22T02:00:00Z"];
export const FUTURE_DATES = ["2027-01-01T00:00:00.000Z", "9999-12-31T23:59:59.9999999Z"];
const NO_DATES = [
  "2026-02-30T02:00:00Z",
  "+010000-01-01T00:00:00.000Z",
  "2026-11-23",
  "2026-11-23T02:00:00+01:00",
  "now",
];
const NUMBERS = [-1, 0, 1, 99, 1.5, 2 ** 53 - 1, 2 ** 53, 1e21, 1e308];
const AMOUNTS = [0, 1, 99, 2 ** 31, 2 ** 53 - 2, 2 ** 53 - 1];
const NEARLY = [...NO_DATES, ...NUMBERS, null, true, "", [], {}, [null], [[]], "Succeeded", "Starting", "schedule"];

/** Every place within a JSON value, its own included. */
function placesIn(value: unknown, at: Path = []): readonly Path[] {
  if (typeof value !== "object" || value === null) return [at];
  return [at, ...Object.entries(value).flatMap(([key, child]) => placesIn(child, [...at, key]))];
}

/** The value with one place changed; `undefined` removes it. */
function changed(value: unknown, [first, ...rest]: Path, change: (old: unknown) => unknown): unknown {
  if (first === undefined) return change(value);
  if (Array.isArray(value)) {
    return value.flatMap((item: unknown, index) => {
      const next = String(index) === first ? changed(item, rest, change) : item;
      return next === undefined ? [] : [next];
    });
  }
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => [key, key === first ? changed(child, rest, change) : child]),
  );
}

/** Another value of the same kind: what can still be read, and means something else. */
function alike(old: unknown, dates: readonly string[], pick: number, text: string): unknown {
  const of = <T>(values: readonly T[]): T | undefined => values[pick % values.length];
  if (typeof old === "number") return of(AMOUNTS);
  if (typeof old === "string") return Number.isNaN(Date.parse(old)) ? text : of(dates);
  if (Array.isArray(old)) return of([[], [...old, ...old], old.slice(1)]);
  return old;
}

const withField = (old: unknown, key: string, value: unknown): unknown =>
  typeof old === "object" && old !== null && !Array.isArray(old)
    ? Object.fromEntries([...Object.entries(old), [key, value]])
    : old;

/** What may be done to one place of a JSON value. `dates`: those that a field may get besides. */
function anyChange(dates: readonly string[]): fc.Arbitrary<(old: unknown) => unknown> {
  return fc.oneof(
    {
      weight: 10,
      arbitrary: fc.tuple(fc.nat(), anyText).map(
        ([pick, text]) =>
          (old: unknown) =>
            alike(old, dates, pick, text),
      ),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(anyKey, anyJson).map(
        ([key, value]) =>
          (old: unknown) =>
            withField(old, key, value),
      ),
    },
    { weight: 2, arbitrary: fc.constant(() => undefined) },
    { weight: 3, arbitrary: fc.constantFrom(...dates, ...NEARLY).map((value) => () => value) },
    { weight: 2, arbitrary: anyJson.map((value) => () => value) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        (old: unknown) => [old],
        (old: unknown) => ({ old }),
      ),
    },
    { weight: 1, arbitrary: fc.integer({ min: 2, max: 40 }).map((n) => (old: unknown) => Array(n).fill(old)) },
  );
}

/** A JSON text with one to three of its places changed. */
export const mutatedJson = (json: string, dates: readonly string[]): fc.Arbitrary<string> =>
  fc
    .array(fc.tuple(fc.nat(), anyChange(dates)), { minLength: 1, maxLength: 3 })
    .map((changes) => changes.reduce(changeAt, JSON.parse(json)))
    .map((value) => JSON.stringify(value) ?? "");

function changeAt(value: unknown, [place, change]: [number, (old: unknown) => unknown]): unknown {
  const places = placesIn(value);
  return changed(value, places[place % places.length] ?? [], change);
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Bytes that were a JSON text: cut off, overwritten, doubled, with a name twice, with another HSM's name. */
export function damagedBytes(json: string): fc.Arbitrary<Uint8Array> {
  const bytes = bytesOf(json);
  const at = fc.nat(bytes.length - 1);
  return fc.oneof(
    at.map((end) => bytes.slice(0, end)),
    fc.tuple(at, fc.uint8Array({ minLength: 1, maxLength: 4 })).map(([from, written]) => {
      const overwritten = bytes.slice();
      overwritten.set(written.slice(0, bytes.length - from), from);
      return overwritten;
    }),
    fc.constantFrom(
      bytesOf(json + json),
      bytesOf(`\ufeff${json}`),
      bytesOf(`${json}\u0000`),
      Buffer.from(json, "utf16le"),
      bytesOf(json.replaceAll("contoso", "fabrikam")),
      bytesOf(json.replace("{", '{"hsm":"fabrikam",')),
      bytesOf(json.replace(/}$/, ',"hsm":"fabrikam"}')),
      bytesOf(json.replace(/}$/, ',"schemaVersion":2}')),
    ),
    fc.uint8Array({ maxLength: 60 }),
  );
}
