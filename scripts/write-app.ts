import { copyFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Metafile } from "esbuild";
import { billOfMaterials } from "./bill-of-materials.ts";
import { makeBundle } from "./bundle.ts";
import { bundledPackages } from "./bundled-packages.ts";
import { type Fields, parseFields, text } from "./json.ts";
import { notices } from "./notices.ts";
import { makePage } from "./page.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const ENTRY = join(ROOT, "functions/main.ts");
const MAIN = "main.js";

/** Names of files in the deployable folder for people and scanners; the host reads neither. */
export const BILL_OF_MATERIALS = "sbom.cdx.json";
export const NOTICES = "THIRD-PARTY-NOTICES.txt";
/** The status page, as `functions/http/status-page.ts` reads it. */
const PAGE = "status.html";

/**
 * Writes all that is deployed into an empty folder: the bundle, the status page, host.json, a package.json of its own, the bill of materials
 * and the licences. No node_modules: what the Functions worker needs besides the bundle (`@azure/functions-core`) the
 * worker itself provides. The same sources give the same bytes, in whatever folder, zone and second.
 */
export async function writeApp(folder: string, sourceMaps = false): Promise<void> {
  const manifest = await readObject("package.json");
  const own = {
    name: text(manifest, "name"),
    version: text(manifest, "version"),
    license: text(manifest, "license"),
  };
  const [app, page] = await Promise.all([makeBundle(ENTRY, MAIN, sourceMaps), makePage()]);
  const bundled = bundledPackages(joined(app.metafile, page.metafile), await readObject("package-lock.json"));
  await writeFile(join(folder, PAGE), page.html);
  for (const { name, contents } of app.files) await writeFile(join(folder, name), contents);
  await writeFile(join(folder, BILL_OF_MATERIALS), billOfMaterials(own, bundled));
  await writeFile(join(folder, NOTICES), await notices(ROOT, bundled.packages, app.legalComments + page.legalComments));
  await copyFile(join(ROOT, "host.json"), join(folder, "host.json"));
  const { name, version } = own;
  const deployed = { name, version, private: true, type: "module", main: MAIN };
  await writeFile(join(folder, "package.json"), `${JSON.stringify(deployed, null, 2)}\n`);
}

const joined = (one: Metafile, other: Metafile): Metafile => ({
  inputs: { ...one.inputs, ...other.inputs },
  outputs: { ...one.outputs, ...other.outputs },
});

const readObject = async (name: string): Promise<Fields> => parseFields(await readFile(join(ROOT, name), "utf8"), name);
