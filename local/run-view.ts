/** The fields of a run in the HTTP API that `npm start` uses. */
export type RunView = {
  readonly id: string;
  readonly hsm: string;
  readonly state: string;
  readonly container: string | null;
  readonly folderUrl: string | null;
  readonly blobCount: number | null;
  readonly bytes: number | null;
  readonly startedAt: Date;
  /** Null until the end. */
  readonly endedAt: Date | null;
  readonly error: { readonly message: string; readonly remedy: string } | null;
};

/** @throws when the answer isn't a run, naming the field. */
export function parseRun(answer: unknown): RunView {
  const fields = fieldsOf(answer, "the run");
  return {
    id: textOf(fields, "id"),
    hsm: textOf(fields, "hsm"),
    state: textOf(fields, "state"),
    container: orNull(fields, "container", textOf),
    folderUrl: orNull(fields, "folderUrl", textOf),
    blobCount: orNull(fields, "blobCount", numberOf),
    bytes: orNull(fields, "bytes", numberOf),
    startedAt: dateOf(fields, "startedAt"),
    endedAt: orNull(fields, "endedAt", dateOf),
    error: orNull(fields, "error", errorOf),
  };
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(value: unknown, name: string): Fields {
  if (typeof value !== "object" || value === null) throw new Error(`${name} should be a JSON object.`);
  return Object.fromEntries(Object.entries(value));
}

function textOf(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value !== "string") throw new Error(`The run's ${name} should be a text.`);
  return value;
}

function numberOf(fields: Fields, name: string): number {
  const value = fields[name];
  if (typeof value !== "number") throw new Error(`The run's ${name} should be a number.`);
  return value;
}

function dateOf(fields: Fields, name: string): Date {
  const date = new Date(textOf(fields, name));
  if (Number.isNaN(date.getTime())) throw new Error(`The run's ${name} should be an instant.`);
  return date;
}

function errorOf(fields: Fields, name: string): { readonly message: string; readonly remedy: string } {
  const error = fieldsOf(fields[name], `The run's ${name}`);
  return { message: textOf(error, "message"), remedy: textOf(error, "remedy") };
}

const orNull = <Value>(fields: Fields, name: string, read: (fields: Fields, name: string) => Value): Value | null =>
  fields[name] === null || fields[name] === undefined ? null : read(fields, name);
