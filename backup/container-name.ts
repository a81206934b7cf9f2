import { type Instant, instantOf, millis } from "./instant.ts";

/** The dated container of a backup: `{prefix}-{hsm}-{yyyy-MM-dd}`, by the day of the slot or manual start, in UTC. */
export const containerName = (prefix: string, hsm: string, at: Instant): string =>
  `${prefix}-${hsm}-${instantOf(new Date(millis(at))).slice(0, 10)}`;

// https://learn.microsoft.com/rest/api/storageservices/naming-and-referencing-containers--blobs--and-metadata
const VALID = /^[a-z0-9](?:[a-z0-9]|-(?!-)){1,61}[a-z0-9]$/;
const ANY_DAY = "2026-01-01";

/** Whether a container is one of this HSM's, whatever prefix the settings had when it was named. */
export const isContainerOf = (hsm: string, container: string): boolean =>
  VALID.test(container) && container.slice(0, -ANY_DAY.length).endsWith(`-${hsm}-`);

/** Whether every dated container of this prefix and HSM has a name that Blob Storage takes. */
export const makesValidContainers = (prefix: string, hsm: string): boolean => VALID.test(`${prefix}-${hsm}-${ANY_DAY}`);
