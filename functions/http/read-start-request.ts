import { createHash } from "node:crypto";
import type { HttpRequest } from "@azure/functions";
import * as field from "../../backup/model/fields.ts";
import { InvalidInput, parseInput, parseJson } from "../../backup/model/validation.ts";

const LONGEST_BODY = 16 * 1024;
const KEY_SHAPE = /^[\x21-\x7e]{1,255}$/;
/** The body of `POST /api/backups`. */
export const startRequestSchema = field.strictShape({ hsm: field.text });

/** A start request: the name of an HSM, and the SHA-256 of the `Idempotency-Key` together with that name. */
export type ManualStart = { readonly name: string; readonly key: string | null };

/**
 * Reads the request. `noLength`: the host passed on no body, as happens to one that is sent in chunks.
 * @throws InvalidInput that names the wrong field
 */
export async function readStartRequest(request: HttpRequest): Promise<ManualStart | "noLength"> {
  const declared = Number(request.headers.get("content-length") ?? 0);
  if (declared > LONGEST_BODY) throw tooLong(declared);
  const body = await request.text();
  if (body === "" && isWithoutLength(request)) return "noLength";
  if (Buffer.byteLength(body) > LONGEST_BODY) throw tooLong(Buffer.byteLength(body));
  const json = parseJson(body);
  if (json === undefined) throw new InvalidInput("the body is not valid JSON");
  const name = parseInput(startRequestSchema, json, "body").hsm.toLowerCase();
  return { name, key: keyOf(request.headers.get("idempotency-key"), name) };
}

/** The host reads a body only if the request has a length. https://github.com/Azure/azure-functions-host/issues/4926 */
const isWithoutLength = ({ headers }: HttpRequest): boolean =>
  !headers.has("content-length") || headers.get("transfer-encoding")?.toLowerCase().includes("chunked") === true;

const tooLong = (bytes: number): InvalidInput =>
  new InvalidInput(`body: expected at most ${LONGEST_BODY} bytes, got ${bytes}`);

function keyOf(header: string | null, hsm: string): string | null {
  if (header === null) return null;
  // The key is not repeated: it gives access to the run that it started.
  if (!KEY_SHAPE.test(header))
    throw new InvalidInput(`Idempotency-Key: expected 1 to 255 printable ASCII characters, got ${header.length}`);
  return createHash("sha256").update(`${hsm}\n${header}`).digest("hex");
}
