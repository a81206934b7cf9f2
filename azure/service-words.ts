import { redact, type Secret } from "../backup/model/secret.ts";

/** Makes a service's text safe to keep: no secret in it, one line, at most `limit` characters. */
export type Clean = (text: string, limit: number) => string;

/** How much of a service's text is kept, in characters. */
export const LONGEST = { code: 100, innerError: 500, message: 1_000 } as const;

// Enough for what is kept; the expressions below search no more, whatever a service sends.
const READ_AT_MOST = 16_000;
const REDACTED = "[secret]";
/** Shorter pieces of a secret reveal nothing, and would be found in ordinary words. */
const SHORTEST_PIECE = 12;

// What `redact` leaves, because the word boundary or the equals sign is escaped: `%26sig%253D…`, `\u0026sig\u003d…`.
const ESCAPED_SHAPES: readonly RegExp[] = [
  /sig(?:=|%(?:25)*3D|\\u003D)[^\s&"'<>]+/gi,
  /eyJ[\w-]{8,}(?:\.[\w-]*)*/g,
  /(?:Shared(?:Access(?:Signature|Key)|Key)|Bearer)(?:%20|\+)[^\s&"'<>]+/gi,
];
// Line breaks, and characters that control a terminal or hide text (bidirectional marks).
const UNPRINTABLE = /[\s\p{C}]+/gu;
const FRAME = /^ +at .*:\d+:\d+\)?$/;

/**
 * Services echo what they refuse. Removes the secrets of this very call, whole and in pieces, raw and percent-encoded, and
 * whatever else looks like a SAS or a token.
 */
export function cleanerOf(secrets: readonly Secret[]): Clean {
  const pieces = [...new Set(secrets.flatMap((each) => piecesOf(each.reveal())))].sort((a, b) => b.length - a.length);
  return (text, limit) => {
    const known = pieces.reduce((kept, piece) => kept.replaceAll(piece, REDACTED), readable(text));
    const shaped = ESCAPED_SHAPES.reduce((kept, shape) => kept.replace(shape, REDACTED), known);
    return shorten(redact(shaped).replace(UNPRINTABLE, " ").trim(), limit);
  };
}

/**
 * The cause of a failure that no service and no network made: a bug of the app, found by its stack. Other errors are left
 * out: a RestError holds the request, and so token and SAS.
 */
export function causeOf(thrown: unknown, clean: Clean): { cause: Error } | undefined {
  if (!(thrown instanceof TypeError || thrown instanceof RangeError)) return undefined;
  const cause = new Error(clean(thrown.message, LONGEST.message));
  cause.name = thrown.name;
  const frames = (thrown.stack ?? "").split("\n").filter((line) => FRAME.test(line));
  cause.stack = [`${cause.name}: ${cause.message}`, ...frames.map(redact)].join("\n");
  return { cause };
}

/** The start of a long text, without the word that the cut went through: it could be half a secret. Takes linear time. */
const readable = (text: string): string =>
  text.length <= READ_AT_MOST ? text : text.slice(0, READ_AT_MOST).replace(/(?<!\S)\S+$/, "…");

const shorten = (text: string, limit: number): string =>
  text.length <= limit ? text : `${text.slice(0, limit - 1)}…`.toWellFormed();

/** The secret, the parts of a token, the signature of a SAS; each as it is, decoded and encoded. */
function piecesOf(secret: string): readonly string[] {
  const value = secret.replace(/^\?/, "");
  const parts = value.includes("=") ? [new URLSearchParams(value).get("sig") ?? ""] : value.split(".");
  return [value, ...parts]
    .flatMap((piece) => [piece, decoded(piece), encodeURIComponent(piece), encodeURIComponent(decoded(piece))])
    .filter((piece) => piece.length >= SHORTEST_PIECE);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
