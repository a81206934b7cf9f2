import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import type { TokenCredential } from "@azure/core-auth";
import { BlobServiceClient, type ContainerClient } from "@azure/storage-blob";
import { makeAccessToken } from "../../../local/access-token.ts";
import { type Certificate, makeCertificate } from "../../../local/certificate.ts";
import { type Program, startProgram } from "../../../local/child-process.ts";
import {
  type EmulatorOptions,
  type RunningEmulator,
  startEmulator,
} from "../../../local/managed-hsm-emulator/server.ts";

export const TENANT = "0f0f0f0f-1111-4222-8333-444444444444";
export const HSM_RESOURCE = "https://managedhsm.azure.net";
const STORAGE_RESOURCE = "https://storage.azure.com";
const AZURITE = join(import.meta.dirname, "../../../node_modules/azurite/dist/src/blob/main.js");
const ONE_HOUR_SECONDS = 3_600;
const LISTENS = /listens on (https:\/\/\S+)/;

/** A certificate that this process trusts from now on, and a folder for its files. */
export type Ground = {
  readonly certificate: Certificate;
  readonly privateKey: string;
  readonly end: () => Promise<void>;
};

export async function makeGround(): Promise<Ground> {
  const folder = await mkdtemp(join(tmpdir(), "managed-hsm-emulator-test-"));
  const certificate = await makeCertificate(folder, new Date());
  setDefaultCACertificates([...getCACertificates(), certificate.pem]);
  return {
    certificate,
    privateKey: await readFile(certificate.privateKeyFile, "utf8"),
    end: () => rm(folder, { recursive: true, force: true }),
  };
}

export const startTestEmulator = (ground: Ground, options: Partial<EmulatorOptions> = {}): Promise<RunningEmulator> =>
  startEmulator({
    port: 0,
    certificate: ground.certificate.pem,
    privateKey: ground.privateKey,
    hsms: ["contoso", "fabrikam"],
    tenantId: TENANT,
    uploadSeconds: 0.3,
    ...options,
  });

export type TestStorage = { readonly service: BlobServiceClient; readonly program: Program };

/** Azurite with OAuth over HTTPS, which the certificate of `ground` is for. */
export async function startStorage(ground: Ground): Promise<TestStorage> {
  const { certificateFile, privateKeyFile } = ground.certificate;
  const listening = ["--blobHost", "127.0.0.1", "--blobPort", "0", "--oauth", "basic"];
  const tls = ["--cert", certificateFile, "--key", privateKeyFile];
  const plain = ["--inMemoryPersistence", "--skipApiVersionCheck", "--disableTelemetry"];
  const { program, ready } = await startProgram<string>(
    {
      name: "Azurite",
      command: [AZURITE, ...listening, ...tls, ...plain],
      environment: {},
      readReady: (line) => LISTENS.exec(line)?.[1],
      endsBy: "SIGKILL",
    },
    new AbortController().signal,
  );
  return { program, service: new BlobServiceClient(`${ready}/devstoreaccount1`, credentialFor(STORAGE_RESOURCE)) };
}

export const tokenFor = (resource: string, change: { readonly tenantId?: string; readonly now?: Date } = {}): string =>
  makeAccessToken({
    resource,
    tenantId: TENANT,
    principalId: "11111111-2222-4333-8444-555555555555",
    lifetimeSeconds: ONE_HOUR_SECONDS,
    now: new Date(),
    ...change,
  }).token;

/** A credential for whatever resource the client asks for: the service's challenge names it. */
export const credentialFor = (byDefault: string): TokenCredential => ({
  getToken: async (scopes) => {
    const scope = (Array.isArray(scopes) ? scopes[0] : scopes) ?? byDefault;
    const resource = scope.replace(/\/\.default$/, "");
    return { token: tokenFor(resource), expiresOnTimestamp: Date.now() + ONE_HOUR_SECONDS * 1000 };
  },
});

let containers = 0;

export async function makeContainer(storage: TestStorage): Promise<ContainerClient> {
  containers += 1;
  const container = storage.service.getContainerClient(`backup-${containers}`);
  await container.create();
  return container;
}

export async function listBlobs(container: ContainerClient): Promise<readonly { name: string; bytes: number }[]> {
  const found: { name: string; bytes: number }[] = [];
  for await (const blob of container.listBlobsFlat())
    found.push({ name: blob.name, bytes: blob.properties.contentLength ?? 0 });
  return found;
}
