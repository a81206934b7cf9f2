import type { HsmCall } from "./hsm-call.ts";

/** A start that an HSM refused because of the storage, with the names that a remedy needs. */
export type StorageRefused = { readonly call: HsmCall; readonly account: string; readonly container: string };

/** What the words of a refusal point to, and what the operator can do about it. */
export type StorageCause = {
  readonly words: RegExp;
  readonly remedy: (refused: StorageRefused) => string;
};

export const CONTAINER_GONE =
  /Container(?:NotFound|BeingDeleted|Disabled)|container (?:does not|doesn't) exist|container is being deleted/i;
export const IMMUTABLE = /immutab|legal hold|\bWORM\b/i;
export const CLOSED_NETWORK =
  /PublicAccessNotPermitted|AuthorizationSourceIPMismatch|AuthorizationFailure|storage[^.]*(?:firewall|network|private endpoint|not reach|unreach|resolve)/i;
export const TOO_FEW_PERMISSIONS =
  /AuthorizationPermissionMismatch|using this permission|(?:lacks|insufficient|missing)[^.]*permission/i;
