import type { Hsm } from "../../backup/hsm.ts";
import { isLoopback } from "../../backup/read-hsms.ts";

const PUBLIC_DOMAIN = "managedhsm.azure.net";

/**
 * The scope of a token for this HSM alone: its host without the first label, so that each cloud has its own. On a loopback
 * address there is only the emulator, which takes tokens of the public cloud.
 */
export function tokenScope(hsm: Hsm): string {
  const url = new URL(hsm.url);
  const domain = isLoopback(url) ? PUBLIC_DOMAIN : url.hostname.split(".").slice(1).join(".");
  return `https://${domain}/.default`;
}

/** `POST` here starts a full backup. */
export const backupUrl = (hsm: Hsm, apiVersion: string): string => address(hsm, "backup", apiVersion);

/** `GET` here tells how a job stands. Built from the job's id: `Azure-AsyncOperation` could lead a token elsewhere. */
export const statusUrl = (hsm: Hsm, jobId: string, apiVersion: string): string =>
  address(hsm, `backup/${encodeURIComponent(jobId)}/pending`, apiVersion);

// The reference's sample has a base URL that ends in a slash: it isn't doubled.
const address = (hsm: Hsm, path: string, apiVersion: string): string =>
  `${hsm.url.replace(/\/+$/, "")}/${path}?api-version=${encodeURIComponent(apiVersion)}`;
