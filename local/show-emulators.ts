import type { World } from "./world.ts";

const HSM_RESOURCE = "https://managedhsm.azure.net";
const IDENTITY_API_VERSION = "2019-08-01";

type Shown = Pick<World, "settings" | "hsmEmulatorUrl" | "hsmRootUrls" | "tenantId">;

/** The addresses of the emulators and the next commands. The secrets in them are new at each start. */
export function describeEmulators(
  { settings, hsmEmulatorUrl, hsmRootUrls, tenantId }: Shown,
  localSettings: string,
): readonly string[] {
  const hsms = settings.BACKUP_HSM_URLS.split(",");
  const query = `api-version=${IDENTITY_API_VERSION}&resource=${encodeURIComponent(HSM_RESOURCE)}`;
  return [
    "",
    "Listening:",
    ...hsms.map((url) => `  Managed HSM         ${url}`),
    ...hsms.map(
      (url) => `  its own port        ${hsmRootUrls[nameOf(url)]} (${nameOf(url)}, for clients that split addresses)`,
    ),
    ...hsms.map(
      (url) => `  its control address ${hsmEmulatorUrl}/_control/${nameOf(url)}/ (state, faults, release, jobs)`,
    ),
    `  storage for backups ${settings.BACKUP_STORAGE_URL}`,
    `  storage of the host ${blobEndpointOf(settings.AzureWebJobsStorage)} (blobs; queues and tables beside it)`,
    `  identity endpoint   ${settings.IDENTITY_ENDPOINT} (tenant ${tenantId})`,
    `  certificate         ${settings.NODE_EXTRA_CA_CERTS}`,
    "",
    `${localSettings} is written. Next, in another terminal:`,
    "  Run the app on it with Azure Functions Core Tools:",
    "    npm run build && func start",
    "  Get a token for a Managed HSM client:",
    `    curl -H "X-IDENTITY-HEADER: ${settings.IDENTITY_HEADER}" "${settings.IDENTITY_ENDPOINT}?${query}"`,
    "  Call the HSM with it:",
    `    curl --cacert ${settings.NODE_EXTRA_CA_CERTS} -H "Authorization: Bearer TOKEN" "${hsms[0]}/keys?api-version=7.4"`,
    "",
    "Ctrl-C ends it all.",
  ];
}

const nameOf = (url: string): string => url.slice(url.lastIndexOf("/") + 1);

const blobEndpointOf = (connectionString: string): string => /BlobEndpoint=([^;]*)/.exec(connectionString)?.[1] ?? "?";
