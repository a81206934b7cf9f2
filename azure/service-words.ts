import { redact, type Secret } from "../backup/secret.ts";

/** Makes a service's text safe to keep: no secret in it, one line, at most `limit` characters. */
export type Clean = (text: string, limit: number) => string;

/** How much of a service's text is kept, in characters. */
export const LONGEST = { word: 60, code: 100, innerError: 500, message: 1_000 } as const;

// Enough for what is kept; what the expressions below look through stays small, whatever a service sends.
const READ_AT_MOST = 16_000;
const REDACTED = "[secret]";
/** Shorter pieces of a secret say nothing, and would be found in ordinary words. */
const SHORTEST_PIECE = 12;

// What `redact` leaves, because there the word boundary or the equals sign is escaped: `%26sig%3D…`, `\u0026sig=…`.
const ESCAPED_SHAPES: readonly RegExp[] = [
  /sig(?:=|%(?:25)*3D|\\u003D)[^\s&"'<>]+/gi,
  /eyJ[\w-]{8,}(?:\.[\w-]*)*/g,
  /(?:Shared(?:Access(?:Signature|Key)|Key)|Bearer)(?:%20|\+)[^\s&"'<>]+/gi,
];
// Line breaks, and characters that steer a terminal or hide text (bidirectional marks).
const UNPRINTABLE = /[\s\p{C}]+/gu;

/**
 * Services echo what they refuse. Takes out the secrets of this very call, whole and in pieces, raw and percent-encoded,
 * and whatever else looks like a SAS or a token.
 */
export function cleanerOf(secrets: readonly Secret[]): Clean {
  const pieces = [...new Set(secrets.flatMap((each) => piecesOf(each.reveal())))].sort((a, b) => b.length - a.length);
  return (text, limit) => {
    const known = pieces.reduce((kept, piece) => kept.replaceAll(piece, REDACTED), readable(text));
    const shaped = ESCAPED_SHAPES.reduce((kept, shape) => kept.replace(shape, REDACTED), known);
    return shorten(redact(shaped).replace(UNPRINTABLE, " ").trim(), limit);
  };
}

/** The start of a long text, without the word that the cut went through: it could be half a secret. Takes linear time. */
export const readable = (text: string): string =>
  text.length <= READ_AT_MOST ? text : text.slice(0, READ_AT_MOST).replace(/(?<!\S)\S+$/, "…");

const shorten = (text: string, limit: number): string =>
  text.length <= limit ? text : `${text.slice(0, limit - 1)}…`.toWellFormed();

/** The secret, the parts of a token, the signature of a SAS; each as it is, decoded and encoded. */
function piecesOf(secret: string): readonly string[] {
  const value = secret.replace(/^\?/, "");
  const parts = value.includes("=") ? value.split("&").map((pair) => pair.replace(/^\w+=/, "")) : value.split(".");
  const isSignature = (part: string): boolean => !value.includes("=") || value.includes(`sig=${part}`);
  return [value, ...parts.filter(isSignature)]
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
