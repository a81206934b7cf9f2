import type { FailureReason } from "../../backup/call-failed.ts";
import { tokenScope } from "./hsm-address.ts";
import type { HsmCall } from "./hsm-call.ts";
import { isStorageProblem, storageRemedy } from "./hsm-storage-remedies.ts";

/** What an HSM refused with: the status, and its code, message and nested errors as one text. */
export type Refused = {
  readonly call: HsmCall;
  readonly status: number;
  readonly text: string;
  /** It has a body, and no error of the service in it. */
  readonly isForeign: boolean;
};
export type Meaning = { readonly reason: FailureReason; readonly remedy: string };

type Cause = {
  readonly when: (refused: Refused) => boolean;
  readonly reason: FailureReason;
  readonly remedy: (refused: Refused) => string;
};

const API_VERSION = /api[-_ ]?version/i;
const TOKEN_TIME = /not (?:yet )?(?:been )?valid|expired|lifetime|\bnbf\b|\bexp\b|IDX1022[0-9]|clock/i;
const NETWORK =
  /firewall|private (?:endpoint|link)|public network|network (?:rule|acl|access|polic|security)|client address|trusted service|(?:source|client) ip|ip address|virtual network|vnet|tcp connection|ForbiddenBy(?:Firewall|Connection)/i;

/** Known causes; the first that fits is taken. */
const CAUSES: readonly Cause[] = [
  {
    when: ({ status, text }) => status === 400 && API_VERSION.test(text),
    reason: "rejected",
    remedy: ({ call }) =>
      `Set BACKUP_HSM_API_VERSION to a version that the HSM has (now ${call.apiVersion}; 7.4 does for a SAS, 7.5 for managedIdentity).`,
  },
  {
    when: ({ call, status, text }) => call.kind === "start" && isStorageProblem(call, status, text),
    reason: "sasRefused",
    remedy: ({ call, text }) => storageRemedy(call, text),
  },
  {
    when: ({ status, text }) => status === 401 && TOKEN_TIME.test(text),
    reason: "denied",
    remedy: () =>
      "The HSM finds the token's times wrong: compare this host's clock with `date -u`, set it, and restart the app so that it gets a new token.",
  },
  {
    when: ({ status }) => status === 401,
    reason: "denied",
    remedy: ({ call: { hsm } }) =>
      `The app's identity must be of the HSM's tenant (az keyvault show --hsm-name ${hsm.name} --query properties.tenantId), and its token for ${tokenScope(hsm)}: check AZURE_CLIENT_ID, AZURE_TENANT_ID and the host in BACKUP_HSM_URLS.`,
  },
  {
    when: ({ status, text }) => status === 403 && NETWORK.test(text),
    reason: "denied",
    remedy: ({ call: { hsm } }) =>
      `Let the app through the HSM's firewall: join the function app to the virtual network of the HSM's private endpoint, or open the public address (az keyvault update-hsm --hsm-name ${hsm.name} --public-network-access Enabled --default-action Allow).`,
  },
  {
    when: ({ status }) => status === 403,
    reason: "denied",
    remedy: ({ call }) =>
      `Give the app's identity the HSM's own role; it takes some minutes to spread: az keyvault role assignment create --hsm-name ${call.hsm.name} --role "Managed HSM Backup" --scope / --assignee-object-id ${call.objectId ?? "OBJECT_ID"} --assignee-principal-type ServicePrincipal`,
  },
  {
    // Only the HSM itself can say that it doesn't know a job: a gateway's 404 says nothing of it, and the job may go on.
    when: ({ call, status, isForeign }) => call.kind === "look" && status === 404 && isForeign,
    reason: "unreadable",
    remedy: ({ call }) => notAnHsm(call),
  },
  {
    when: ({ call, status }) => call.kind === "look" && status === 404,
    reason: "notFound",
    remedy: () =>
      "The HSM doesn't know this job (any more); there is no list of jobs. The app looks once more, then starts a new backup.",
  },
  {
    when: ({ status }) => status === 404,
    reason: "notFound",
    remedy: ({ call: { hsm } }) =>
      `BACKUP_HSM_URLS must hold the HSM's own address: az keyvault show --hsm-name ${hsm.name} --query properties.hsmUri`,
  },
  {
    when: ({ status }) => status === 409,
    reason: "busy",
    remedy: ({ call: { hsm } }) =>
      `Another backup or restore runs on ${hsm.name}: nothing to do, the app asks again until the deadline. If it goes on, find in the HSM's audit log who else starts them.`,
  },
  {
    when: ({ status }) => status === 429,
    reason: "noAnswer",
    remedy: ({ call: { hsm } }) =>
      `${hsm.name} is asked too much: nothing to do, the app asks again later. If it goes on, find in the HSM's metrics who else calls it so often.`,
  },
  {
    when: ({ status }) => status === 408 || status >= 500,
    reason: "noAnswer",
    remedy: ({ call: { hsm } }) =>
      `Nothing to do yet, the app asks again. If it goes on, look at the HSM's resource health (az keyvault show --hsm-name ${hsm.name} --query properties.provisioningState) and at Azure's status.`,
  },
  {
    when: ({ status }) => status >= 400,
    reason: "rejected",
    remedy: () =>
      "Read the HSM's own words, and compare BACKUP_HSM_URLS, BACKUP_STORAGE_URL and BACKUP_HSM_API_VERSION with them.",
  },
];

/** What an answer other than success means to the run, and what the operator can do about it. */
export function meaningOf(refused: Refused): Meaning {
  const cause = CAUSES.find(({ when }) => when(refused));
  return cause === undefined
    ? { reason: "unreadable", remedy: notAnHsm(refused.call) }
    : { reason: cause.reason, remedy: cause.remedy(refused) };
}

/** For an answer that no HSM gives: a redirect, a page, nonsense. */
export const notAnHsm = ({ hsm }: HsmCall): string =>
  `Something other than an HSM may answer at ${new URL(hsm.url).host} (a proxy, a sign-in page): check the network between, the variable HTTPS_PROXY and BACKUP_HSM_URLS. The app asks again.`;
