export type HsmEmulatorLine = { readonly url: string; readonly hsms: Readonly<Record<string, string>> };

/** The line of the Managed HSM emulator: its address, and by name that of each HSM at a port of its own. */
export function readHsmEmulatorLine(line: string): HsmEmulatorLine | undefined {
  const url = readListeningLine(line);
  if (url === undefined) return undefined;
  const { hsms }: { readonly hsms?: unknown } = JSON.parse(line);
  return { url, hsms: Object.fromEntries(Object.entries(hsms ?? {}).map(([name, root]) => [name, String(root)])) };
}

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
