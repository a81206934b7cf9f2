/** The address in the one JSON line, `{"url":…}`, that the programs of the local world write once they listen. */
export function readListeningLine(line: string): string | undefined {
  try {
    const said: unknown = JSON.parse(line);
    if (typeof said !== "object" || said === null || !("url" in said) || typeof said.url !== "string") return undefined;
    return said.url;
  } catch {
    // Something else that it has to say.
    return undefined;
  }
}
