const STORED = "functions-key";
const FRAGMENT = /^#key=(.+)$/;

/** The key of this tab. It is never part of an address that is sent: a server gets no fragment. */
export const readKey = (): string | null => takeFromFragment() ?? readStored();

/** Takes over the key of `#key=…` and removes it from the address at once. */
export function takeFromFragment(): string | null {
  const key = FRAGMENT.exec(location.hash)?.[1];
  if (key === undefined) return null;
  history.replaceState(null, "", location.pathname + location.search);
  const decoded = decode(key);
  storeKey(decoded);
  return decoded;
}

/** Without storage, as in some private windows, the key lives as long as the page. */
export function storeKey(key: string | null): void {
  try {
    if (key === null) sessionStorage.removeItem(STORED);
    else sessionStorage.setItem(STORED, key);
  } catch {}
}

function readStored(): string | null {
  try {
    return sessionStorage.getItem(STORED);
  } catch {
    return null;
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
