const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;
const QUANTUM = 4;
// A real host keeps a byte order mark.
const STRICT_UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The text that a function gets of a stored message, or why it has none. */
export type DecodedMessage =
  | { readonly outcome: "text"; readonly text: string }
  | { readonly outcome: "notBase64" }
  | { readonly outcome: "notUtf8" };

/**
 * Decodes a stored message as strictly as .NET: in `Convert.FromBase64String` white space is allowed and a missing padding
 * is not, and a binding to a text refuses bytes that are not UTF-8.
 */
export function decodeMessage(stored: string, encoding: "base64" | "none"): DecodedMessage {
  if (encoding === "none") return { outcome: "text", text: stored };
  const compact = stored.replace(/\s/g, "");
  if (compact.length % QUANTUM !== 0 || !BASE64.test(compact)) return { outcome: "notBase64" };
  try {
    return { outcome: "text", text: STRICT_UTF8.decode(Buffer.from(compact, "base64")) };
  } catch {
    return { outcome: "notUtf8" };
  }
}
