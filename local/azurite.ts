import { randomBytes } from "node:crypto";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Certificate } from "./certificate.ts";
import { type Program, startProgram } from "./child-process.ts";
import { LOOPBACK } from "./port.ts";

const HOST_ACCOUNT = "functionshost";
const BACKUP_ACCOUNT = "hsmbackups";
const ACCOUNT_KEY_BYTES = 64;
const COMMON_ARGUMENTS = ["--skipApiVersionCheck", "--silent", "--disableTelemetry"];
const LISTENING = /Azurite (\w+) service (?:is )?successfully listen(?:s|ing) (?:at|on) (https?:\/\/\S+)/;

const azuriteFolder = dirname(createRequire(import.meta.url).resolve("azurite/package.json"));
const ALL_SERVICES = join(azuriteFolder, "dist/src/azurite.js");
const BLOB_SERVICE = join(azuriteFolder, "dist/src/blob/main.js");

export type AzuriteOptions = {
  /** Where it keeps its data. */
  readonly folder: string;
  /** Port of the blob service; 0, which is usual, takes any free one. */
  readonly blobPort?: number;
  /** Base64; a new one by default. A restart on the same folder takes the key that the clients use. */
  readonly accountKey?: string;
  readonly environment: NodeJS.ProcessEnv;
};

export type HostStorage = Program & { readonly connectionString: string };
export type BackupStorage = Program & { readonly url: string };

/** Azurite for the Functions host's own storage: blob, queue and table over plain HTTP, with an account key. */
export async function startHostStorage(options: AzuriteOptions, signal: AbortSignal): Promise<HostStorage> {
  const key = options.accountKey ?? makeAccountKey();
  const urls = new Map<string, string>();
  const { program, ready } = await startProgram<ReadonlyMap<string, string>>(
    {
      name: "Azurite for the Functions host",
      command: [
        ALL_SERVICES,
        ...["--location", options.folder, "--blobHost", LOOPBACK, ...COMMON_ARGUMENTS],
        ...["--blobPort", String(options.blobPort ?? 0), "--queueHost", LOOPBACK, "--queuePort", "0"],
        ...["--tableHost", LOOPBACK, "--tablePort", "0"],
      ],
      environment: { ...options.environment, AZURITE_ACCOUNTS: `${HOST_ACCOUNT}:${key}` },
      readReady: (line) => {
        const [, service, url] = LISTENING.exec(line) ?? [];
        if (service !== undefined && url !== undefined) urls.set(service, url);
        return urls.size === 3 ? urls : undefined;
      },
      // Its data is thrown away: nothing there is worth a wait.
      endsBy: "SIGKILL",
    },
    signal,
  );
  const endpoints = ["Blob", "Queue", "Table"].map(
    (service) => `${service}Endpoint=${ready.get(service)}/${HOST_ACCOUNT};`,
  );
  const connectionString = `DefaultEndpointsProtocol=http;AccountName=${HOST_ACCOUNT};AccountKey=${key};${endpoints.join("")}`;
  return { ...program, connectionString };
}

/**
 * Azurite for the backups: blobs over HTTPS, with OAuth as in Azure. Its account key is not given out: a client needs
 * a token, or a SAS that was made with one.
 */
export async function startBackupStorage(
  options: AzuriteOptions & { readonly certificate: Certificate },
  signal: AbortSignal,
): Promise<BackupStorage> {
  const { certificateFile, privateKeyFile } = options.certificate;
  const { program, ready } = await startProgram(
    {
      name: "Azurite for the backups",
      command: [
        BLOB_SERVICE,
        ...[
          "--location",
          options.folder,
          ...COMMON_ARGUMENTS,
          "--blobHost",
          LOOPBACK,
          "--blobPort",
          String(options.blobPort ?? 0),
        ],
        ...["--oauth", "basic", "--cert", certificateFile, "--key", privateKeyFile],
      ],
      environment: {
        ...options.environment,
        AZURITE_ACCOUNTS: `${BACKUP_ACCOUNT}:${options.accountKey ?? makeAccountKey()}`,
      },
      readReady: (line) => LISTENING.exec(line)?.[2],
      endsBy: "SIGKILL",
    },
    signal,
  );
  return { ...program, url: `${ready}/${BACKUP_ACCOUNT}` };
}

/** A key that no other account has. */
export const makeAccountKey = (): string => randomBytes(ACCOUNT_KEY_BYTES).toString("base64");
