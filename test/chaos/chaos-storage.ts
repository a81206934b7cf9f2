import { join } from "node:path";
import { BlobServiceClient, type ContainerClient } from "@azure/storage-blob";
import { QueueServiceClient } from "@azure/storage-queue";
import { startBackupStorage, startHostStorage } from "../../local/azurite.ts";
import type { Certificate } from "../../local/certificate.ts";
import type { Parts } from "../../local/parts.ts";
import { type Gate, openGate } from "../end-to-end/gate.ts";
import { endpointOf } from "../end-to-end/installation.ts";
import { credentialFor, STORAGE_RESOURCE } from "../token-credential.ts";
import { durable } from "./durable-storage.ts";
import { type Service, startService } from "./service.ts";
import { openTcpGate, type TcpGate } from "./tcp-gate.ts";

const LEDGER_CONTAINER = "backup-runs";
const UNKNOWN_YET = 0;

export type ChaosHostStorage = {
  readonly service: Service;
  readonly blobGate: Gate;
  readonly queueGate: Gate;
  /** Through the gates. */
  readonly connection: string;
  readonly ledger: ContainerClient;
  readonly queues: QueueServiceClient;
  readonly accountKey: string;
};

/** The hosts' own storage behind gates: its data outlives it, and its address stays when it is started again. */
export async function startChaosHostStorage(
  folder: string,
  environment: NodeJS.ProcessEnv,
  parts: Parts,
): Promise<ChaosHostStorage> {
  const options = durable(join(folder, "host-storage"), environment);
  const blobGate = await parts.start(async () => stoppable(await openGate("")));
  const queueGate = await parts.start(async () => stoppable(await openGate("")));
  let direct = "";
  const service = await parts.start((signal) =>
    startService(
      (calledOff) => startHostStorage(options, calledOff),
      ({ connectionString }) => {
        direct = connectionString;
        blobGate.retarget(endpointOf(connectionString, "Blob"));
        queueGate.retarget(endpointOf(connectionString, "Queue"));
      },
      signal,
    ),
  );
  const connection = direct
    .replace(endpointOf(direct, "Blob"), blobGate.url)
    .replace(endpointOf(direct, "Queue"), queueGate.url);
  const ledger = BlobServiceClient.fromConnectionString(connection).getContainerClient(LEDGER_CONTAINER);
  await ledger.create();
  const queues = QueueServiceClient.fromConnectionString(connection);
  return { service, blobGate, queueGate, connection, ledger, queues, accountKey: options.accountKey ?? "" };
}

export type ChaosBackupStorage = {
  readonly service: Service;
  readonly gate: TcpGate;
  /** Through the gate. */
  readonly url: string;
  readonly blobs: BlobServiceClient;
};

/** The storage that receives the backups, over HTTPS: behind a gate that sees no call. */
export async function startChaosBackupStorage(
  folder: string,
  certificate: Certificate,
  environment: NodeJS.ProcessEnv,
  parts: Parts,
): Promise<ChaosBackupStorage> {
  const options = { ...durable(join(folder, "backup-storage"), environment), certificate };
  const gate = await parts.start(async () => stoppable(await openTcpGate(UNKNOWN_YET)));
  let direct = new URL("https://127.0.0.1");
  const service = await parts.start((signal) =>
    startService(
      (calledOff) => startBackupStorage(options, calledOff),
      (started) => {
        direct = new URL(started.url);
        gate.retarget(Number(direct.port));
      },
      signal,
    ),
  );
  const url = `https://127.0.0.1:${gate.port}${direct.pathname}`;
  return { service, gate, url, blobs: new BlobServiceClient(url, credentialFor(STORAGE_RESOURCE)) };
}

/** As a part of a whole. */
export const stoppable = <Closing extends { readonly close: () => Promise<void> }>(closing: Closing) => ({
  ...closing,
  stop: closing.close,
});
