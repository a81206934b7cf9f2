import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import tls from "node:tls";
import type { TokenCredential } from "@azure/core-auth";
import { makeAccessToken } from "../../local/access-token.ts";
import { makeCertificate } from "../../local/certificate.ts";
import { until } from "../contract/until.ts";

/** The account that every Azurite has, with its key, which is public. */
const ACCOUNT = "devstoreaccount1";
export const ACCOUNT_KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
const COMMON = ["--inMemoryPersistence", "--silent", "--skipApiVersionCheck", "--disableTelemetry"];
const LISTENING = /successfully listen(?:s|ing) (?:at|on) (https?:\/\/\S+)/;
const require = createRequire(import.meta.url);

export type Azurite = { readonly stop: () => Promise<void> };

/** Blobs and queues over plain HTTP, with an account key: the Functions host's own storage. */
export async function startHostAzurite(): Promise<Azurite & { readonly connectionString: string }> {
  const [blob, queue] = await Promise.all([
    startService("blob", ["--blobPort", "0"]),
    startService("queue", ["--queuePort", "0"]),
  ]);
  const connectionString = [
    "DefaultEndpointsProtocol=http",
    `AccountName=${ACCOUNT}`,
    `AccountKey=${ACCOUNT_KEY}`,
    `BlobEndpoint=${blob.url}/${ACCOUNT}`,
    `QueueEndpoint=${queue.url}/${ACCOUNT}`,
  ].join(";");
  return {
    connectionString,
    stop: async () => {
      await Promise.all([blob.stop(), queue.stop()]);
    },
  };
}

/** Blobs over HTTPS with OAuth: the account that receives the backups. This process trusts its certificate from now on. */
export async function startBackupAzurite(): Promise<Azurite & { readonly storageUrl: string }> {
  const folder = await mkdtemp(join(tmpdir(), "azurite-certificate-"));
  const { certificateFile, privateKeyFile, pem } = await makeCertificate(folder, new Date());
  tls.setDefaultCACertificates([...tls.getCACertificates("default"), pem]);
  const secure = ["--oauth", "basic", "--cert", certificateFile, "--key", privateKeyFile];
  const service = await startService("blob", ["--blobPort", "0", ...secure]);
  return {
    storageUrl: `${service.url}/${ACCOUNT}`,
    stop: async () => {
      await service.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A credential whose tokens Azurite takes: it checks their claims, not their signature. */
export const tokenCredential = (): TokenCredential => ({
  getToken: async (scopes) => {
    const scope = typeof scopes === "string" ? scopes : (scopes[0] ?? "");
    const made = makeAccessToken({
      resource: scope.replace(/\/\.default$/, ""),
      tenantId: "72f988bf-0000-0000-0000-2d7cd011db47",
      principalId: "0b1f6471-0000-0000-0000-35c3b7e3a1de",
      lifetimeSeconds: 3_600,
      now: new Date(),
    });
    return { token: made.token, expiresOnTimestamp: made.expiresOn.getTime() };
  },
});

async function startService(service: "blob" | "queue", args: readonly string[]): Promise<Azurite & { url: string }> {
  const main = require.resolve(`azurite/dist/src/${service}/main.js`);
  const child = spawn(process.execPath, [main, ...COMMON, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  const stop = (): Promise<void> => end(child);
  // However this process ends, Azurite doesn't outlive it.
  process.once("exit", () => child.kill("SIGKILL"));
  const lines: string[] = [];
  createInterface(child.stdout).on("line", (line) => lines.push(line));
  try {
    const url = await until(`Azurite's ${service} service`, () => {
      if (child.exitCode !== null) throw new Error(`Azurite ended: ${lines.join("\n")}`);
      return lines.map((line) => LISTENING.exec(line)?.[1]).find((found) => found !== undefined);
    });
    return { url, stop };
  } catch (cause) {
    await stop();
    throw cause;
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}
