const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;
const QUANTUM = 4;

/**
 * The text that a function gets of a stored message; undefined when it was to be base64 and isn't. As strict as .NET's
 * `Convert.FromBase64String`: white space is allowed, a missing padding is not.
 */
export function decodeMessage(stored: string, encoding: "base64" | "none"): string | undefined {
  if (encoding === "none") return stored;
  const compact = stored.replace(/\s/g, "");
  if (compact.length % QUANTUM !== 0 || !BASE64.test(compact)) return undefined;
  return Buffer.from(compact, "base64").toString("utf8");
}
