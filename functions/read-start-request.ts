import { createHash } from "node:crypto";
import type { HttpRequest } from "@azure/functions";
import { BadField, fieldsOf, parseJson, shownName, text } from "../backup/fields.ts";

const LONGEST_BODY = 16 * 1024;
const FIELDS = ["hsm"];
const KEY_SHAPE = /^[\x21-\x7e]{1,255}$/;

/** What a POST asks for. `key` is the SHA-256 of the `Idempotency-Key`, bound to the HSM. */
export type ManualStart = { readonly hsm: string; readonly key: string | null };

/** Reads the request, or throws a `BadField` that names what is wrong. */
export async function readStartRequest(request: HttpRequest): Promise<ManualStart> {
  const declared = Number(request.headers.get("content-length") ?? 0);
  if (declared > LONGEST_BODY) throw tooLong(declared);
  const body = await request.text();
  if (Buffer.byteLength(body) > LONGEST_BODY) throw tooLong(Buffer.byteLength(body));
  const fields = fieldsOf(parseJson(body, "body"), "body");
  const unknown = Object.keys(fields).find((field) => !FIELDS.includes(field));
  if (unknown !== undefined)
    throw new BadField(shownName(unknown), `no field but ${FIELDS.join(", ")}`, fields[unknown]);
  const hsm = text(fields, "hsm");
  return { hsm, key: keyOf(request.headers.get("idempotency-key"), hsm) };
}

const tooLong = (bytes: number): BadField => new BadField("body", `at most ${LONGEST_BODY} bytes`, bytes);

function keyOf(header: string | null, hsm: string): string | null {
  if (header === null) return null;
  // The key itself isn't repeated: whoever has it can ask for the run that it started.
  if (!KEY_SHAPE.test(header))
    throw new BadField("Idempotency-Key", "1 to 255 printable ASCII characters", header.length);
  return createHash("sha256").update(`${hsm}\n${header}`).digest("hex");
}
