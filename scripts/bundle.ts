import { build } from "esbuild";

// Some Azure packages are CommonJS inside and call `require`, `__filename` and `__dirname`, which an ES module lacks.
const COMMONJS_NAMES = `import { createRequire as __createRequire } from "node:module";
import { fileURLToPath as __toPath } from "node:url";
const require = __createRequire(import.meta.url);
const __filename = __toPath(import.meta.url);
const __dirname = __toPath(new URL(".", import.meta.url));`;

/** Bundles one entry of a Functions app to one ES module that runs on the Node worker with no node_modules beside it. */
export async function bundle(entry: string, outfile: string): Promise<void> {
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node22",
    minify: true,
    keepNames: true,
    sourcemap: false,
    legalComments: "none",
    external: ["@azure/functions-core"],
    banner: { js: COMMONJS_NAMES },
    logLevel: "warning",
  });
}
