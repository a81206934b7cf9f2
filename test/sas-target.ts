import type { BackupTarget } from "../backup/deps.ts";
import type { Secret } from "../backup/secret.ts";

/** The SAS of a target that has one. @throws where the HSM is to write with its own identity */
export function sasOf(target: BackupTarget): Secret {
  if (target.authentication !== "sas") throw new Error(`There is no SAS for ${target.containerUrl}.`);
  return target.sas;
}
