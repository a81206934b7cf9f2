import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { VERSION_ONLY } from "./bundle.ts";
import { bundledPackages } from "./bundled-packages.ts";
import { parseFields } from "./json.ts";
import { licences } from "./notices.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const ENTRY = `${ROOT}desk/cli/main.ts`;
/** The oldest Node that package.json's `engines` names: the command line runs where the app does not. */
const TARGET = "node20";
// commander is CommonJS and asks for Node's own modules.
const STARTER = `#!/usr/bin/env node
import { createRequire as __createRequire } from "node:module";
const require = __createRequire(import.meta.url);`;

/** The command line as one program that needs nothing beside it. Licences of what is bundled stand at its end. */
export async function bundleCli(): Promise<string> {
  const { outputFiles, metafile } = await build({
    entryPoints: [ENTRY],
    absWorkingDir: ROOT,
    write: false,
    metafile: true,
    bundle: true,
    platform: "node",
    format: "esm",
    target: TARGET,
    minify: true,
    legalComments: "none",
    plugins: [VERSION_ONLY],
    banner: { js: STARTER },
    logLevel: "warning",
  });
  const lock = parseFields(await readFile(`${ROOT}package-lock.json`, "utf8"), "package-lock.json");
  const terms = await licences(ROOT, bundledPackages(metafile, lock).packages);
  return `${outputFiles[0]?.text}/*\n${terms.join("\n").replaceAll("*/", "* /")}*/\n`;
}
