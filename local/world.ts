import { randomBytes, randomUUID } from "node:crypto";
import { join } from "node:path";
import { BlobServiceClient } from "@azure/storage-blob";
import { startBackupStorage, startHostStorage } from "./azurite.ts";
import { type Certificate, makeCertificate } from "./certificate.ts";
import { startIdentityEndpoint } from "./identity-endpoint.ts";
import { createParts, type Parts } from "./parts.ts";
import { startHsmEmulator } from "./programs.ts";
import { makeTemporaryFolder } from "./temporary-folder.ts";
import { worldEnvironment } from "./world-environment.ts";

// The app never makes its ledger's container: Bicep does, and here the world.
const LEDGER_CONTAINER = "backup-runs";
const SECRET_BYTES = 24;
const ANY_PORT = 0;

/** What the app is run with. They hold secrets, all of them made at this start and worth nothing outside this world. */
export type WorldSettings = {
  readonly AzureWebJobsStorage: string;
  readonly BACKUP_HSM_URLS: string;
  readonly BACKUP_STORAGE_URL: string;
  readonly IDENTITY_ENDPOINT: string;
  readonly IDENTITY_HEADER: string;
  readonly NODE_EXTRA_CA_CERTS: string;
  readonly FUNCTIONS_WORKER_RUNTIME: "node";
};

export type WorldOptions = {
  readonly hsms: readonly string[];
  /** Inherited by the programs, without what would lead them out of this world. */
  readonly environment: NodeJS.ProcessEnv;
  /** How long the emulated HSMs take for a backup, in seconds; the emulator's own default when left out. */
  readonly uploadSeconds?: number;
  /** Any free ones where left out. */
  readonly ports?: { readonly identity?: number; readonly backupStorage?: number; readonly hsmEmulator?: number };
};

export type World = {
  readonly settings: WorldSettings;
  readonly tenantId: string;
  readonly certificate: Certificate;
  /** The HSM emulator's own address: its HSMs are below it, and its control address is `{hsmEmulatorUrl}/_control`. */
  readonly hsmEmulatorUrl: string;
  /** By name: an HSM at the root of a port of its own. */
  readonly hsmRootUrls: Readonly<Record<string, string>>;
  /** Holds the certificate, its private key and Azurite's data. */
  readonly folder: string;
  /** Of the programs that were started. */
  readonly pids: readonly number[];
  /** Resolves with a sentence when a program ends that should not have. */
  readonly broken: Promise<string>;
  /** Ends every part and removes the folder. */
  readonly stop: () => Promise<void>;
};

/**
 * Starts storage, Managed HSM emulator and identity endpoint, each on a port of its own.
 * @throws one sentence about the part that failed, or what `signal` was aborted with; then nothing of the world is left.
 */
export async function startWorld(options: WorldOptions, signal: AbortSignal): Promise<World> {
  const parts = createParts(signal);
  try {
    return await startAll(options, parts);
  } catch (cause) {
    await parts.stop();
    throw cause;
  }
}

async function startAll(options: WorldOptions, parts: Parts): Promise<World> {
  const { hsms, uploadSeconds, ports = {} } = options;
  const environment = worldEnvironment(options.environment);
  const tenantId = randomUUID();
  const header = randomBytes(SECRET_BYTES).toString("base64url");

  const { path: folder } = await parts.start(makeTemporaryFolder);
  const certificate = await makeCertificate(folder, new Date());
  const hsmPort = ports.hsmEmulator ?? ANY_PORT;
  const upload = uploadSeconds === undefined ? {} : { uploadSeconds };
  const hostFolder = join(folder, "host-storage");
  const backup = { folder: join(folder, "backup-storage"), blobPort: ports.backupStorage ?? ANY_PORT, certificate };

  // Side by side: each takes about a second to start, and none needs another before it is used.
  const [hostStorage, backupStorage, hsmEmulator, identity] = await Promise.all([
    parts.start((signal) => startHostStorage({ folder: hostFolder, environment }, signal)),
    parts.start((signal) => startBackupStorage({ ...backup, environment }, signal)),
    parts.start((signal) =>
      startHsmEmulator({ hsms, tenantId, certificate, port: hsmPort, ...upload, environment }, signal),
    ),
    parts.start(async () => {
      const { url, close } = await startIdentityEndpoint({ port: ports.identity ?? ANY_PORT, header, tenantId });
      return { url, stop: close };
    }),
  ]);
  await BlobServiceClient.fromConnectionString(hostStorage.connectionString).createContainer(LEDGER_CONTAINER);

  const programs = [hostStorage, backupStorage, hsmEmulator];
  const broken = new Promise<string>((resolve) => {
    const report = (sentence: string): void => {
      if (!parts.isStopping()) resolve(sentence);
    };
    for (const program of programs) void program.ended.then(report);
  });
  return {
    settings: {
      AzureWebJobsStorage: hostStorage.connectionString,
      BACKUP_HSM_URLS: hsms.map((hsm) => `${hsmEmulator.url}/${hsm}`).join(","),
      BACKUP_STORAGE_URL: backupStorage.url,
      IDENTITY_ENDPOINT: identity.url,
      IDENTITY_HEADER: header,
      NODE_EXTRA_CA_CERTS: certificate.certificateFile,
      FUNCTIONS_WORKER_RUNTIME: "node",
    },
    tenantId,
    certificate,
    hsmEmulatorUrl: hsmEmulator.url,
    hsmRootUrls: hsmEmulator.hsms,
    folder,
    pids: programs.map(({ pid }) => pid),
    broken,
    stop: parts.stop,
  };
}
