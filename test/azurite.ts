import { createRequire } from "node:module";
import type { Certificate } from "../local/certificate.ts";
import { startProgram } from "../local/child-process.ts";

/** The account that every Azurite has, with its key, which is public. */
const ACCOUNT = "devstoreaccount1";
export const ACCOUNT_KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
const COMMON = ["--inMemoryPersistence", "--silent", "--skipApiVersionCheck", "--disableTelemetry"];
const LISTENING = /Azurite (\w+) service (?:is )?successfully listen(?:s|ing) (?:at|on) (https?:\/\/\S+)/;
const require = createRequire(import.meta.url);
const never = new AbortController().signal;

export type HostAzurite = {
  readonly connectionString: string;
  readonly ports: HostPorts;
  readonly stop: () => Promise<void>;
};

export type HostPorts = { readonly blob: number; readonly queue: number };

/** Blobs and queues in memory over plain HTTP, with an account key: the Functions host's own storage. Port 0 takes any. */
export async function startHostAzurite(ports: HostPorts = { blob: 0, queue: 0 }): Promise<HostAzurite> {
  const listening = ["--blobPort", `${ports.blob}`, "--queuePort", `${ports.queue}`, "--tablePort", "0"];
  const urls = new Map<string, string>();
  const { program, ready } = await start("azurite/dist/src/azurite.js", listening, (service, url) => {
    urls.set(service, url);
    const [blob, queue] = [urls.get("Blob"), urls.get("Queue")];
    return blob === undefined || queue === undefined ? undefined : { blob, queue };
  });
  const connectionString = [
    "DefaultEndpointsProtocol=http",
    `AccountName=${ACCOUNT}`,
    `AccountKey=${ACCOUNT_KEY}`,
    `BlobEndpoint=${ready.blob}/${ACCOUNT}`,
    `QueueEndpoint=${ready.queue}/${ACCOUNT}`,
  ].join(";");
  return { connectionString, ports: { blob: portOf(ready.blob), queue: portOf(ready.queue) }, stop: program.stop };
}

export type BackupAzurite = { readonly storageUrl: string; readonly stop: () => Promise<void> };

/** Blobs in memory over HTTPS with OAuth: the account that receives the backups. */
export async function startBackupAzurite({ certificateFile, privateKeyFile }: Certificate): Promise<BackupAzurite> {
  const secure = ["--oauth", "basic", "--cert", certificateFile, "--key", privateKeyFile];
  const { program, ready } = await start(
    "azurite/dist/src/blob/main.js",
    ["--blobPort", "0", ...secure],
    (_, url) => url,
  );
  return { storageUrl: `${ready}/${ACCOUNT}`, stop: program.stop };
}

const start = <Ready>(
  main: string,
  options: readonly string[],
  hear: (service: string, url: string) => Ready | undefined,
) =>
  startProgram<Ready>(
    {
      name: "Azurite",
      command: [require.resolve(main), ...COMMON, ...options],
      environment: {},
      readReady: (line) => {
        const [, service, url] = LISTENING.exec(line) ?? [];
        return service === undefined || url === undefined ? undefined : hear(service, url);
      },
      // Its data is thrown away: nothing there is worth a wait.
      endsBy: "SIGKILL",
    },
    never,
  );

const portOf = (url: string): number => Number(new URL(url).port);
