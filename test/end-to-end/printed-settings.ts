import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { fileURLToPath } from "node:url";
import type { TokenCredential } from "@azure/core-auth";
import { BlobServiceClient } from "@azure/storage-blob";
import { HOUR } from "../../backup/model/instant.ts";
import { type Fields, fieldsOf, parseFields, text } from "../../scripts/json.ts";
import { firstLineOf, startChild } from "../child-process.ts";

export const LAUNCH = fileURLToPath(new URL("../../local/launch.mjs", import.meta.url));

/** What `npm run emulators -- --json` printed, while it serves, and the clients that need nothing else. */
export type PrintedSettings = {
  readonly settings: Fields;
  /** A token from the identity endpoint, over HTTP. */
  readonly tokenFor: (resource: string) => Promise<string>;
  readonly credentialFor: (resource: string) => TokenCredential;
  /** The storage that receives the backups. */
  readonly storage: BlobServiceClient;
  readonly stop: () => Promise<void>;
};

/** Starts the emulators as a person does. This process trusts their certificate from now on. */
export async function startEmulators(): Promise<PrintedSettings> {
  const folder = await mkdtemp(join(tmpdir(), "mhsm-emulators-"));
  const settingsFile = join(folder, "local.settings.json");
  const emulators = startChild([LAUNCH, "emulators", "--json", "--settings-file", settingsFile]);
  const settings = parseFields(await firstLineOf(emulators), "settings");
  setDefaultCACertificates([...getCACertificates(), readFileSync(text(settings, "NODE_EXTRA_CA_CERTS"), "utf8")]);
  const tokenFor = async (resource: string): Promise<string> => {
    const url = `${text(settings, "IDENTITY_ENDPOINT")}?api-version=2019-08-01&resource=${encodeURIComponent(resource)}`;
    const answer = await fetch(url, { headers: { "X-IDENTITY-HEADER": text(settings, "IDENTITY_HEADER") } });
    return text(fieldsOf(await answer.json(), "token"), "access_token");
  };
  const credentialFor = (resource: string): TokenCredential => ({
    getToken: async () => ({ token: await tokenFor(resource), expiresOnTimestamp: Date.now() + HOUR }),
  });
  return {
    settings,
    tokenFor,
    credentialFor,
    storage: new BlobServiceClient(text(settings, "BACKUP_STORAGE_URL"), credentialFor("https://storage.azure.com")),
    stop: async () => {
      await emulators.kill("SIGTERM");
      await rm(folder, { recursive: true, force: true });
    },
  };
}
