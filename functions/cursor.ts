import { createHash } from "node:crypto";
import { BadField, fieldsOf, parseJson, text, textOrNull } from "../backup/fields.ts";

/** Where a list goes on: the ledger's marker, and the `hsm` and `state` that it was made for. */
export type Cursor = { readonly hsm: string; readonly state: string | null; readonly marker: string };

const CHECK_LENGTH = 12;

/** The cursor as one word for a URL, with a check of its own: a changed one is told from one of ours. */
export function writeCursor(cursor: Cursor): string {
  const body = Buffer.from(JSON.stringify(cursor)).toString("base64url");
  return `${body}.${checkOf(body)}`;
}

/** Reads a cursor for a list of the same `hsm` and `state`, or throws a `BadField`. */
export function readCursor(word: string, hsm: string, state: string | null): string {
  const [body = "", check, ...more] = word.split(".");
  const wrong = (what: string) => new BadField("cursor", "the cursor of an answer of this very list, unchanged", what);
  if (check !== checkOf(body) || more.length > 0) throw wrong("another text");
  const cursor = cursorOf(body);
  if (cursor === undefined) throw wrong("another text");
  if (cursor.hsm !== hsm || cursor.state !== state) throw wrong("the cursor of another list");
  // Half a character can't be sent to the ledger.
  if (!cursor.marker.isWellFormed()) throw wrong("another text");
  return cursor.marker;
}

function cursorOf(body: string): Cursor | undefined {
  try {
    const fields = fieldsOf(parseJson(Buffer.from(body, "base64url").toString(), "cursor"), "cursor");
    return { hsm: text(fields, "hsm"), state: textOrNull(fields, "state"), marker: text(fields, "marker") };
  } catch (thrown) {
    if (thrown instanceof BadField) return undefined;
    throw thrown;
  }
}

const checkOf = (body: string): string => createHash("sha256").update(body).digest("base64url").slice(0, CHECK_LENGTH);
