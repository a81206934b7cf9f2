import type { Secret } from "../backup/model/secret.ts";
import type { BackupTarget } from "../backup/ports.ts";

/** The SAS of a target that has one. @throws where the HSM is to write with its own identity */
export function sasOf(target: BackupTarget): Secret {
  if (target.authentication !== "sas") throw new Error(`There is no SAS for ${target.containerUrl}.`);
  return target.sas;
}
