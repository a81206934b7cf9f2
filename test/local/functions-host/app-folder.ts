import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle } from "../../../scripts/bundle.ts";

export type AppFolder = {
  readonly path: string;
  /** Replaces host.json, for the next hosts that start. */
  readonly configure: (hostJson: Readonly<Record<string, unknown>>) => Promise<void>;
  readonly remove: () => Promise<void>;
};

// What the app logs is to be seen, as in the host.json that is deployed.
const LOGGING = { logLevel: { default: "Warning", Function: "Information" } };

/** A folder with files as they are: `package.json`'s `main` and module type are the caller's. */
export async function writeApp(
  files: Readonly<Record<string, string>>,
  packageJson: Readonly<Record<string, unknown>> = { type: "module", main: "main.js" },
): Promise<AppFolder> {
  const path = await mkdtemp(join(tmpdir(), "functions-app-"));
  const configure = (hostJson: Readonly<Record<string, unknown>>) =>
    writeFile(join(path, "host.json"), JSON.stringify({ version: "2.0", logging: LOGGING, ...hostJson }));
  await configure({});
  await writeFile(join(path, "package.json"), JSON.stringify({ name: "tiny-app", ...packageJson }));
  for (const [name, text] of Object.entries(files)) await writeFile(join(path, name), text);
  return { path, configure, remove: () => rm(path, { recursive: true, force: true }) };
}

/** One of the apps in `apps/`, bundled just as the product is. */
export async function bundleApp(name: string, hostJson: Readonly<Record<string, unknown>> = {}): Promise<AppFolder> {
  const folder = await writeApp({});
  await folder.configure(hostJson);
  await bundle(fileURLToPath(new URL(`apps/${name}.ts`, import.meta.url)), join(folder.path, "main.js"));
  return folder;
}
