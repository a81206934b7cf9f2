import { readFileSync } from "node:fs";
import { setDefaultCACertificates } from "node:tls";
import { parseJson } from "../../backup/fields.ts";
import { startWorld, type World } from "../../local/world.ts";
import { startHostAzurite } from "../azurite.ts";
import { type Entry, makeFastApp } from "./app-folder.ts";
import { type Installation, install } from "./installation.ts";

const UPLOAD_SECONDS = 1;

/** The local world, with an installation of the app on the world's own host storage. */
export type AppWorld = Installation & {
  readonly world: World;
  /** The setting that leaves the app these HSMs of the world. */
  readonly only: (...hsms: readonly string[]) => { readonly BACKUP_HSM_URLS: string };
  /** Calls the HSM emulator's control address. */
  readonly control: (method: string, hsm: string, what: string, body?: unknown) => Promise<unknown>;
  /**
   * Another installation in this world, with a ledger and a queue of its own: its hosts meet nobody else's runs, so that
   * tests can run side by side.
   */
  readonly installAnother: () => Promise<Installation>;
};

export async function startAppWorld(hsms: readonly string[], entry: Entry = "fast"): Promise<AppWorld> {
  const [app, world] = await Promise.all([
    makeFastApp(entry),
    startWorld({ hsms, uploadSeconds: UPLOAD_SECONDS, environment: process.env }, new AbortController().signal),
  ]);
  setDefaultCACertificates([readFileSync(world.certificate.certificateFile, "utf8")]);
  const own = await install(app.folder, world, world.settings.AzureWebJobsStorage);
  return {
    ...own,
    world,
    only: (...names) => ({ BACKUP_HSM_URLS: names.map((hsm) => `${world.hsmEmulatorUrl}/${hsm}`).join(",") }),
    installAnother: async () => {
      const storage = await startHostAzurite();
      const another = await install(app.folder, world, storage.connectionString);
      await another.ledger.create();
      return {
        ...another,
        stop: async () => {
          await another.stop();
          await storage.stop();
        },
      };
    },
    control: async (method, hsm, what, body) => {
      const answer = await fetch(`${world.hsmEmulatorUrl}/_control/${hsm}/${what}`, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`The control address answered ${answer.status}: ${text}`);
      return text === "" ? undefined : parseJson(text, "control");
    },
    stop: async () => {
      await own.stop();
      await world.stop();
      await app.remove();
    },
  };
}
