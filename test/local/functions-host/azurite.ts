import { createRequire } from "node:module";
import { startChild } from "./child-process.ts";
import { until } from "./until.ts";

export type Azurite = {
  /** Connection string of the account that every Azurite has, with a key that is public. */
  readonly connection: string;
  readonly ports: { readonly blob: number; readonly queue: number };
  readonly stop: () => Promise<void>;
};

const ACCOUNT = "devstoreaccount1";
const KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
const LISTENING = /Azurite (Blob|Queue) service is successfully listening at http:\/\/127\.0\.0\.1:(\d+)/;
const MAIN = createRequire(import.meta.url).resolve("azurite/dist/src/azurite.js");

/** A real Azurite in memory, on plain HTTP; port 0 takes any free one. */
export async function startAzurite(ports = { blob: 0, queue: 0 }): Promise<Azurite> {
  const services = ["--blobPort", `${ports.blob}`, "--queuePort", `${ports.queue}`, "--tablePort", "0"];
  const child = startChild([
    MAIN,
    "--inMemoryPersistence",
    "--silent",
    "--skipApiVersionCheck",
    "--disableTelemetry",
    ...services,
  ]);
  const portOf = (service: string): number | undefined => {
    const found = child.stdout.map((line) => LISTENING.exec(line)).find((match) => match?.[1] === service);
    return found === undefined || found === null ? undefined : Number(found[2]);
  };
  const blob = await until("Azurite's blob service", () => portOf("Blob"));
  const queue = await until("Azurite's queue service", () => portOf("Queue"));
  const endpoint = (port: number): string => `http://127.0.0.1:${port}/${ACCOUNT}`;
  const connection = [
    "DefaultEndpointsProtocol=http",
    `AccountName=${ACCOUNT}`,
    `AccountKey=${KEY}`,
    `BlobEndpoint=${endpoint(blob)}`,
    `QueueEndpoint=${endpoint(queue)}`,
  ].join(";");
  return { connection, ports: { blob, queue }, stop: () => child.kill() };
}
