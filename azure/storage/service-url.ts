const ACCOUNT = /^[a-z0-9]{3,24}$/;
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

export const isAccountName = (text: string): boolean => ACCOUNT.test(text);

/** The address of an account's service in the public cloud; other clouds have to name theirs. */
export const publicServiceUrl = (account: string, service: "blob" | "queue"): string =>
  `https://${account}.${service}.core.windows.net`;

/**
 * The account of a storage client. The SDK finds no name in the address of an account with a DNS zone
 * ({account}.z00.blob.storage.azure.net): it is the first label of the host, or of the path where emulators are.
 */
export function accountOf({ accountName, url }: { readonly accountName: string; readonly url: string }): string {
  if (accountName !== "") return accountName;
  const { hostname, pathname } = new URL(url);
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
