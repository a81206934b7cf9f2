import { setDefaultCACertificates } from "node:tls";
import { startWorld, type World } from "../../local/world.ts";
import { type Fields, parseFields } from "../../scripts/json.ts";
import { makeFastApp } from "./app-folder.ts";
import { type Installation, install } from "./installation.ts";

const LEDGER = "backup-runs";
const UPLOAD_SECONDS = 1;

/** The local world, with an installation of the app that has the usual ledger. */
export type AppWorld = Installation & {
  readonly world: World;
  /** The setting that leaves the app these HSMs of the world. */
  readonly only: (...hsms: readonly string[]) => { readonly BACKUP_HSM_URLS: string };
  /** Calls the HSM emulator's control address. */
  readonly control: (method: string, hsm: string, what: string, body?: unknown) => Promise<Fields>;
  /** Another installation on the same storage, with a ledger of this name. It ends with the world. */
  readonly installAnother: (ledger: string) => Promise<Installation>;
};

export async function startAppWorld(hsms: readonly string[]): Promise<AppWorld> {
  const [app, world] = await Promise.all([
    makeFastApp(),
    startWorld({ hsms, uploadSeconds: UPLOAD_SECONDS, environment: process.env }, new AbortController().signal),
  ]);
  setDefaultCACertificates([world.certificate.pem]);
  const own = await install(app.folder, world, LEDGER);
  const installations = [own];
  return {
    ...own,
    world,
    only: (...names) => ({ BACKUP_HSM_URLS: names.map((hsm) => `${world.hsmEmulatorUrl}/${hsm}`).join(",") }),
    installAnother: async (ledger) => {
      const another = await install(app.folder, world, ledger);
      installations.push(another);
      return another;
    },
    control: async (method, hsm, what, body) => {
      const answer = await fetch(`${world.hsmEmulatorUrl}/_control/${hsm}/${what}`, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const said = await answer.text();
      if (!answer.ok) throw new Error(`The control address answered ${answer.status}: ${said}`);
      return said === "" ? {} : parseFields(said, "control");
    },
    stop: async () => {
      await Promise.all(installations.map((each) => each.stop()));
      await world.stop();
      await app.remove();
    },
  };
}
