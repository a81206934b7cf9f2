import type { HsmCall } from "./hsm-call.ts";
import { IDENTITY_CAUSES, identityRemedy, isIdentityProblem } from "./hsm-identity-remedies.ts";
import { SAS_CAUSES, sasRemedy } from "./sas-remedies.ts";
import { CONTAINER_GONE, IMMUTABLE, type StorageCause, type StorageRefused } from "./storage-cause.ts";

// Storage codes: https://learn.microsoft.com/rest/api/storageservices/sas-error-codes and blob-service-error-codes.
const STORAGE =
  /\bSAS\b|shared access|signature|\bstorage|\bblob\b|container|AuthenticationFailed|Authorization(?:\w*Mismatch|Failure)|PublicAccessNotPermitted/i;

/**
 * Whether a refused start is about the container, or the HSM's right to write there. A container may be gone with any 4xx
 * but 401, which is ours.
 */
export const isStorageProblem = (call: HsmCall, status: number, text: string): boolean =>
  status === 400 || status === 403
    ? STORAGE.test(text) || IMMUTABLE.test(text) || (isByIdentity(call) && isIdentityProblem(text))
    : status !== 401 && status < 500 && CONTAINER_GONE.test(text);

/** Causes that are the same whatever right the HSM writes by. */
const SHARED_CAUSES: readonly StorageCause[] = [
  {
    words: CONTAINER_GONE,
    remedy: ({ account, container }) =>
      `The app makes the container anew at its next try. If it goes on, find out who deletes it: az storage container show --account-name ${account} --name ${container} --auth-mode login`,
  },
  {
    words: IMMUTABLE,
    remedy: ({ account, container }) =>
      `Backups can't go to a container with an immutability policy or a legal hold; take them off: az storage container immutability-policy show --account-name ${account} --container-name ${container}`,
  },
];

/** What to do about a container that the HSM can't write to. */
export function storageRemedy(call: HsmCall, text: string): string {
  const [account, container] = namesOf(call.target?.containerUrl);
  const refused: StorageRefused = { call, account, container };
  const own = isByIdentity(call) ? IDENTITY_CAUSES : SAS_CAUSES;
  const cause = [...SHARED_CAUSES, ...own].find(({ words }) => words.test(text));
  if (cause !== undefined) return cause.remedy(refused);
  return isByIdentity(call) ? identityRemedy(refused) : sasRemedy(refused);
}

const isByIdentity = ({ target }: HsmCall): boolean => target?.authentication === "managedIdentity";

/** Account and container of a container's URL; on a loopback address the account is the first segment of the path. */
function namesOf(containerUrl: string | undefined): readonly [string, string] {
  const url = containerUrl !== undefined && URL.canParse(containerUrl) ? new URL(containerUrl) : undefined;
  const [container, account] = url?.pathname.split("/").filter(Boolean).reverse() ?? [];
  return [account ?? url?.hostname.split(".")[0] ?? "ACCOUNT", container ?? "CONTAINER"];
}
