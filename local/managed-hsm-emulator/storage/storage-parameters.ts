import type { ContainerClient } from "@azure/storage-blob";
import type { Emulator, Hsm } from "../hsm.ts";
import { type ApiVersion, isSince } from "../wire/api-versions.ts";
import { type Fields, optionalBoolean, optionalString, parseFields, requiredString } from "../wire/fields.ts";
import { badParameter, identityNotEmulated, noIdentity, sasRefused, storageRefused } from "../wire/key-vault-error.ts";
import { judgeSas } from "./sas.ts";
import { parseStorageAddress, type StorageAddress } from "./storage-address.ts";
import { openContainer, readBlob, type StorageGrant, StorageRefusal } from "./storage-container.ts";

export type Storage = { readonly address: StorageAddress; readonly container: ContainerClient };

const PROBE_BLOB = ".managed-hsm-probe";
const PROBE_MILLISECONDS = 30_000;

/**
 * Reads a `SASTokenParameter`, judges its SAS or finds the HSM's own identity, and from version 7.4 on tries it on the
 * container. In older versions the job finds out, as was seen of the service.
 * @param where what the message calls the object, with a dot after it; empty for the whole body
 * @throws Refusal 400 or 403
 */
export async function openStorage(
  emulator: Emulator,
  hsm: Hsm,
  value: unknown,
  where: string,
  version: ApiVersion,
  permissions: string,
): Promise<Storage> {
  const fields = parseFields(value, where);
  const url = requiredString(fields, "storageResourceUri", where);
  const grant = readGrant(emulator, hsm, fields, where, isSince("7.5-preview.1", version));
  // Before the address: of both wrong, the service named the SAS.
  if (grant.kind === "sas") judgeSas(grant.token, permissions, emulator.now(), `${where}token`);
  const address = parseStorageAddress(url, `${where}storageResourceUri`);
  // The identity's token has no valid signature: only a storage emulator may receive it.
  if (grant.kind === "managedIdentity" && !address.isLoopback) throw identityNotEmulated();
  const container = openContainer(emulator.agent, address, grant);
  if (isSince("7.4-preview.1", version)) await tryStorage(container, address, grant);
  return { address, container };
}

function readGrant(emulator: Emulator, hsm: Hsm, fields: Fields, where: string, canUseIdentity: boolean): StorageGrant {
  const token = optionalString(fields, "token", where);
  // An older version doesn't know `useManagedIdentity`, and ignores it.
  if (!canUseIdentity || optionalBoolean(fields, "useManagedIdentity", where) !== true) {
    // The portal shows a SAS with its question mark, and the service takes it so.
    return { kind: "sas", token: (token ?? requiredString(fields, "token", where)).replace(/^\?/, "") };
  }
  if (token !== undefined) throw badParameter(`${where}token: not allowed together with useManagedIdentity.`);
  if (hsm.identity === null) throw noIdentity(hsm.name);
  return { kind: "managedIdentity", tenantId: emulator.tenantId, principalId: hsm.identity };
}

/** Asks for a blob that doesn't exist: a storage that accepts the credential answers 404, any other answer is a refusal. */
async function tryStorage(container: ContainerClient, address: StorageAddress, grant: StorageGrant): Promise<void> {
  try {
    await readBlob(container, PROBE_BLOB, AbortSignal.timeout(PROBE_MILLISECONDS));
  } catch (error) {
    if (!(error instanceof StorageRefusal)) throw error;
    const inner = { code: error.code, message: error.message };
    if (error.code === "BlobNotFound") return;
    if (error.code === "ContainerNotFound") {
      throw storageRefused("ContainerNotFound", "The container does not exist.", inner, 400);
    }
    // Azurite's word for a wrong signature is Azure's for a firewall that keeps the HSM out.
    const wrongSignature = address.isLoopback ? "AuthorizationFailure" : "AuthenticationFailed";
    if (grant.kind === "sas" && error.code === wrongSignature) {
      const message = "The storage refused the SAS: it is for another container, or its signature is wrong.";
      throw sasRefused(403, "SasNotForContainer", message, error.code);
    }
    if (error.status === 401 || error.status === 403) {
      throw storageRefused("StorageForbidden", "The storage refused the HSM.", inner, 403);
    }
    throw storageRefused("StorageUnreachable", "The storage could not be used.", inner, 400);
  }
}
