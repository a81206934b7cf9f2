import { isFields } from "../wire/fields.ts";
import { badParameter } from "../wire/key-vault-error.ts";

/** Where a backup is written to or read from. */
export type StorageAddress = {
  /** Without a slash at its end. */
  readonly containerUrl: string;
  /** The folder in the container that holds the backup's own folder: empty, or ends with a slash. */
  readonly prefix: string;
  readonly isLoopback: boolean;
};

const LOOPBACK_HOSTS = ["127.0.0.1", "localhost", "[::1]"];

/**
 * Reads `storageResourceUri`: the URL of a blob container, or of a folder in one, as in the reference's sample. On a
 * loopback address the account is the first segment of the path, as Azurite has it.
 * @throws Refusal 400
 */
export function parseStorageAddress(text: string, field: string): StorageAddress {
  if (!URL.canParse(text)) throw badParameter(`${field}: expected the URL of a blob container.`);
  const url = new URL(text);
  if (url.protocol !== "https:") throw badParameter(`${field}: expected an https URL.`);
  if (url.search !== "" || url.hash !== "" || url.username !== "" || url.password !== "") {
    throw badParameter(`${field}: expected a URL without query, fragment or user; the SAS belongs into token.`);
  }
  const isLoopback = LOOPBACK_HOSTS.includes(url.hostname);
  const segments = url.pathname.split("/").filter((segment) => segment !== "");
  const accountSegments = isLoopback ? 1 : 0;
  const containerPath = segments.slice(0, accountSegments + 1);
  if (containerPath.length <= accountSegments) throw badParameter(`${field}: names no container.`);
  const inner = decode(segments.slice(accountSegments + 1));
  if (inner === undefined) throw badParameter(`${field}: the path is not well encoded.`);
  return {
    containerUrl: `${url.origin}/${containerPath.join("/")}`,
    prefix: inner.map((segment) => `${segment}/`).join(""),
    isLoopback,
  };
}

/**
 * Python's and .NET's restore take the first segment of a folder's URL for the container. With Azurite that is the account,
 * and the folder begins with the container: it is moved to where it belongs.
 */
export function moveContainer(
  storage: unknown,
  folder: string,
): { readonly storage: unknown; readonly folder: string } {
  const [container, ...inner] = folder.split("/");
  if (inner.length === 0 || !isFields(storage) || !isAccount(storage.storageResourceUri)) return { storage, folder };
  const storageResourceUri = `${storage.storageResourceUri}/${container}`;
  return { storage: { ...storage, storageResourceUri }, folder: inner.join("/") };
}

/** .NET's check before a restore names the folder by its URL, and the service took it: the folder below the storage's. */
export function folderOfUrl(storage: unknown, folder: string): string {
  const storageUrl = isFields(storage) ? `${storage.storageResourceUri}/` : "";
  return URL.canParse(folder) && folder.startsWith(storageUrl) ? folder.slice(storageUrl.length) : folder;
}

function isAccount(value: unknown): value is string {
  const url = typeof value === "string" && URL.canParse(value) ? new URL(value) : undefined;
  return url !== undefined && LOOPBACK_HOSTS.includes(url.hostname) && /^\/[^/]+$/.test(url.pathname);
}

function decode(segments: readonly string[]): readonly string[] | undefined {
  try {
    return segments.map(decodeURIComponent);
  } catch {
    return undefined;
  }
}

/** The URL of a folder in the container, as a status names it. */
export const folderUrl = (address: StorageAddress, folder: string): string =>
  `${address.containerUrl}/${encodeURI(address.prefix + folder)}`;
