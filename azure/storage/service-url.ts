const ACCOUNT = /^[a-z0-9]{3,24}$/;
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

export const isAccountName = (text: string): boolean => ACCOUNT.test(text);

/** The address of an account's service in the public cloud; other clouds have to name theirs. */
export const publicServiceUrl = (account: string, service: "blob" | "queue"): string =>
  `https://${account}.${service}.core.windows.net`;

/**
 * The account that an address of storage is of, as `BACKUP_STORAGE_URL` may be: the first label of its host, or of its path where emulators are. The
 * SDK's own `accountName` is empty for an account with a DNS zone, {account}.z00.blob.storage.azure.net.
 */
export function accountOf(serviceUrl: string): string {
  const { hostname, pathname } = new URL(serviceUrl);
  return (LOOPBACK.test(hostname) ? pathname.split("/")[1] : hostname.split(".")[0]) ?? "";
}

/**
 * An address of a storage service with no slash at its end, or undefined for any other text: not https (but on a loopback
 * address, where emulators are), or with a query, which could hold a SAS.
 */
export function readServiceUrl(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.search !== "" || url.hash !== "" || url.username !== "" || url.password !== "") {
    return undefined;
  }
  const isSafe = url.protocol === "https:" || (url.protocol === "http:" && LOOPBACK.test(url.hostname));
  return isSafe ? `${url.origin}${url.pathname.replace(/\/+$/, "")}` : undefined;
}
