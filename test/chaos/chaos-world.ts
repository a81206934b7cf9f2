import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { fileURLToPath } from "node:url";
import { makeCertificate } from "../../local/certificate.ts";
import { startIdentityEndpoint } from "../../local/identity-endpoint.ts";
import { createParts, type Parts } from "../../local/parts.ts";
import { makeTemporaryFolder } from "../../local/temporary-folder.ts";
import { worldEnvironment } from "../../local/world-environment.ts";
import { writeApp } from "../end-to-end/app-folder.ts";
import { HOST_KEY } from "../end-to-end/running-host.ts";
import { TENANT } from "../token-credential.ts";
import { type ChaosHosts, startHosts } from "./chaos-host.ts";
import { type ChaosHsms, startChaosHsms } from "./chaos-hsms.ts";
import {
  type ChaosBackupStorage,
  type ChaosHostStorage,
  startChaosBackupStorage,
  startChaosHostStorage,
  stoppable,
} from "./chaos-storage.ts";
import type { Plan } from "./plan.ts";

const APP_MAIN = fileURLToPath(new URL("./chaos-main.ts", import.meta.url));
/** Fewer at a time than in Azure, for the same reason as `sideBySide` in the chaos intervals. */
const BATCHES = { batchSize: 4, newBatchThreshold: 2 };
/** Slots so far apart that about one HSM a second is due, and each has time for its backup. */
const SHORTEST_SLOT_SECONDS = 15;

/** All parts of the world, each a process of its own that can be killed, and the gates between them. */
export type ChaosWorld = {
  readonly hsms: ChaosHsms;
  readonly hostStorage: ChaosHostStorage;
  readonly backupStorage: ChaosBackupStorage;
  readonly hosts: ChaosHosts;
  /** What no line, blob, message or answer may hold. */
  readonly secrets: readonly string[];
  /** Every process of this world names it in its command line. */
  readonly folder: string;
  readonly stop: () => Promise<void>;
};

/** Starts everything. @throws what failed, or what `signal` was aborted with; then nothing is left. */
export async function startChaosWorld(plan: Plan, signal: AbortSignal): Promise<ChaosWorld> {
  const parts = createParts(signal);
  try {
    return await startAll(plan, parts);
  } catch (problem) {
    await parts.stop();
    throw problem;
  }
}

async function startAll(plan: Plan, parts: Parts): Promise<ChaosWorld> {
  const environment = worldEnvironment(process.env);
  const { path: folder } = await parts.start(makeTemporaryFolder);
  const certificate = await makeCertificate(folder, new Date());
  setDefaultCACertificates([...getCACertificates(), certificate.pem]);
  const app = join(folder, "app");
  const header = randomUUID();
  const [hostStorage, backupStorage, hsms, identity] = await Promise.all([
    startChaosHostStorage(folder, environment, parts),
    startChaosBackupStorage(folder, certificate, environment, parts),
    startChaosHsms(plan.hsms, folder, certificate, environment, parts),
    parts.start(async () => stoppable(await startIdentityEndpoint({ port: 0, header, tenantId: TENANT }))),
    writeApp(app, APP_MAIN, BATCHES),
  ]);
  const settings = {
    AzureWebJobsStorage: hostStorage.connection,
    BACKUP_HSM_URLS: hsms.urls,
    BACKUP_STORAGE_URL: backupStorage.url,
    FAST_SLOTS: String(Math.max(SHORTEST_SLOT_SECONDS, plan.hsms)),
    IDENTITY_ENDPOINT: identity.url,
    IDENTITY_HEADER: header,
    NODE_EXTRA_CA_CERTS: certificate.certificateFile,
    FUNCTIONS_WORKER_RUNTIME: "node",
  };
  const hosts = await parts.start((signal) => startHosts(plan.hosts, app, { ...environment, ...settings }, signal));
  const secrets = [hostStorage.accountKey, header, HOST_KEY];
  return { hsms, hostStorage, backupStorage, hosts, secrets, folder, stop: parts.stop };
}
