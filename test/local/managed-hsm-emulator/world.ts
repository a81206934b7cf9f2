import { readFile } from "node:fs/promises";
import { BlobServiceClient, type ContainerClient } from "@azure/storage-blob";
import {
  type EmulatorOptions,
  type RunningEmulator,
  startEmulator,
} from "../../../local/managed-hsm-emulator/server.ts";
import { startBackupAzurite } from "../../azurite.ts";
import { credentialFor, STORAGE_RESOURCE, TENANT } from "../../token-credential.ts";
import { makeTrustedCertificate, type TrustedCertificate } from "../../trusted-certificate.ts";

/** What an emulator and its storage listen with; this process trusts it. */
export type Ground = { readonly certificate: TrustedCertificate; readonly privateKey: string };

export async function makeGround(): Promise<Ground> {
  const certificate = await makeTrustedCertificate();
  return { certificate, privateKey: await readFile(certificate.privateKeyFile, "utf8") };
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

export type TestStorage = { readonly service: BlobServiceClient; readonly stop: () => Promise<void> };

/** A storage that the certificate of `ground` is for. */
export async function startStorage(ground: Ground): Promise<TestStorage> {
  const { storageUrl, stop } = await startBackupAzurite(ground.certificate);
  return { service: new BlobServiceClient(storageUrl, credentialFor(STORAGE_RESOURCE)), stop };
}

let containers = 0;

export async function makeContainer({ service }: TestStorage): Promise<ContainerClient> {
  containers += 1;
  const container = service.getContainerClient(`backup-${containers}`);
  await container.create();
  return container;
}

export async function listBlobs(container: ContainerClient): Promise<readonly { name: string; bytes: number }[]> {
  const found: { name: string; bytes: number }[] = [];
  for await (const blob of container.listBlobsFlat())
    found.push({ name: blob.name, bytes: blob.properties.contentLength ?? 0 });
  return found;
}
