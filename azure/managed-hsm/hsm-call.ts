import type { BackupTarget } from "../../backup/deps.ts";
import type { Hsm } from "../../backup/hsm.ts";
import type { Clean } from "../service-words.ts";

/** A call to an HSM, as far as what is said about its failure needs to know it. */
export type HsmCall = {
  readonly kind: "start" | "look";
  readonly hsm: Hsm;
  readonly apiVersion: string;
  /** Takes the secrets of this call out of a text. */
  readonly clean: Clean;
  /** Where the backup was to go. */
  readonly target?: BackupTarget;
  /** Who the token is for: the object id of the app's identity, where the token tells. */
  readonly objectId?: string;
};

/** The call in words, as a failure has it: `could not …`. */
export const OPERATIONS: Readonly<Record<HsmCall["kind"], string>> = {
  start: "start a full backup",
  look: "look at a backup job",
};
