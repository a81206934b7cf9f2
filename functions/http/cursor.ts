import { createHash } from "node:crypto";
import * as field from "../../backup/model/fields.ts";
import { InvalidInput, parseJson, parseVersioned } from "../../backup/model/validation.ts";

/** Where a list continues: the ledger's marker, and the `hsm` and `state` of the list. */
const cursorSchema = field.shape({ hsm: field.text, state: field.orNull(field.text), marker: field.text });
export type Cursor = { readonly hsm: string; readonly state: string | null; readonly marker: string };

const CHECK_LENGTH = 12;
const EXPECTED = "cursor: expected an unchanged cursor of this list, got another text";

/** The cursor as one word for a URL, with a checksum that detects changes. */
export function writeCursor(cursor: Cursor): string {
  const body = Buffer.from(JSON.stringify(cursor)).toString("base64url");
  return `${body}.${checksum(body)}`;
}

/** The marker of a cursor for a list of this `hsm` and `state`. @throws InvalidInput */
export function readCursor(word: string, hsm: string, state: string | null): string {
  const [body = "", check, ...more] = word.split(".");
  if (check !== checksum(body) || more.length > 0) throw new InvalidInput(EXPECTED);
  const parsed = parseVersioned(cursorSchema, parseJson(Buffer.from(body, "base64url").toString()), "cursor");
  if (parsed.outcome !== "valid") throw new InvalidInput(EXPECTED);
  const cursor = parsed.value;
  if (cursor.hsm !== hsm || cursor.state !== state) throw new InvalidInput(EXPECTED);
  // An unpaired surrogate cannot be sent to the ledger.
  if (!cursor.marker.isWellFormed()) throw new InvalidInput(EXPECTED);
  return cursor.marker;
}

const checksum = (body: string): string => createHash("sha256").update(body).digest("base64url").slice(0, CHECK_LENGTH);
