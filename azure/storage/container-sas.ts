import {
  AnonymousCredential,
  BlobClient,
  ContainerSASPermissions,
  generateBlobSASQueryParameters,
  SASProtocol,
  type UserDelegationKey,
} from "@azure/storage-blob";
import { type Secret, secret } from "../../backup/secret.ts";
import { refusalOf } from "../refusal.ts";
import type { Validity } from "./delegation-key.ts";

/** What Managed HSM needs to write a backup: create, read, delete, write. No list: the folder is listed by this app. */
const PERMISSIONS = "crdw";

// A blob that nobody writes: asking for it shows whether a SAS is taken, and nothing else.
const PROBE = "is-this-sas-taken";

/** Signs a SAS for one container, https only, with no `?` in front. */
export function mintSas(container: string, account: string, validity: Validity, key: UserDelegationKey): Secret {
  const permissions = ContainerSASPermissions.parse(PERMISSIONS);
  const wanted = { containerName: container, permissions, protocol: SASProtocol.Https, ...validity };
  return secret(generateBlobSASQueryParameters(wanted, key, account).toString());
}

/**
 * Whether the service refuses a SAS: most likely its delegation key was revoked (`az storage account
 * revoke-delegation-keys`). Any other failure says nothing of the key, and is left to whoever uses the SAS.
 */
export async function isSasRefused(containerUrl: string, sas: Secret, abortSignal: AbortSignal): Promise<boolean> {
  const retryOptions = { maxTries: 1 };
  const blob = new BlobClient(`${containerUrl}/${PROBE}?${sas.reveal()}`, new AnonymousCredential(), { retryOptions });
  try {
    await blob.exists({ abortSignal });
    return false;
  } catch (thrown) {
    const { status } = refusalOf(thrown);
    return status === 401 || status === 403;
  }
}
