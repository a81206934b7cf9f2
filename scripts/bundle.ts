import { readFile, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Metafile, type Plugin } from "esbuild";
import { parseFields } from "./json.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const APP = "app.cjs";
/** Where the bundle is assumed to be, wherever it is written: what a source map and the metafile name is relative to it. */
const OUTFILE = `dist/${APP}`;

// CommonJS loads in less time than an ES module of the same code; this is the one ES module before it, so that the folder
// is of type `module` as the sources are, and Node needn't search the whole bundle for names that it exports: there are none.
const STARTER = `import { createRequire } from "node:module";
createRequire(import.meta.url)("./${APP}");
`;
// What `import.meta.url` is in an ES module. `open`, which comes with `@azure/identity`, asks for it when it is first used;
// versions of `@azure/storage-common` did so while they were loaded.
const MODULE_URL = `const __moduleUrl=require("node:url").pathToFileURL(__filename).href;`;

/** What a bundle asks for by `require` or `import()` and isn't given, and why that is right. */
const LEFT_OUT = [
  // The Functions worker provides it from within.
  "@azure/functions-core",
  // `debug` colours its output with it where it is installed, and says in a `catch` that it need not be.
  "supports-color",
  // Read by `@azure/storage-blob` when a listing is asked for in Arrow's format, which nothing here does: a fifth of the bundle.
  "apache-arrow",
];

/** Of package.json the app needs its version only: nothing else of the file gets into the bundle. */
export const VERSION_ONLY: Plugin = {
  name: "version-only",
  setup: ({ onLoad }) => {
    onLoad({ filter: /package\.json$/ }, async ({ path }) => {
      if (path !== join(ROOT, "package.json")) return undefined;
      const { version } = parseFields(await readFile(path, "utf8"), path);
      return { contents: JSON.stringify({ version }), loader: "json" };
    });
  },
};

/** One file of a bundle; the contents of two bundles of the same sources are the same bytes. */
export type BundleFile = { readonly name: string; readonly contents: string | Uint8Array };

export type Bundle = {
  readonly files: readonly BundleFile[];
  /** Of paths relative to this repository's root. */
  readonly metafile: Metafile;
  /** The comments on licences in the bundled files, with the files' names. */
  readonly legalComments: string;
};

/**
 * Bundles one entry of a Functions app: `main` loads `app.cjs`, and both run on the Node worker with no node_modules beside
 * them. @param sourceMaps also makes `app.cjs.map`, which `NODE_OPTIONS=--enable-source-maps` finds.
 */
export async function makeBundle(entry: string, main = "main.js", sourceMaps = false): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    entryPoints: [entry],
    absWorkingDir: ROOT,
    outfile: OUTFILE,
    write: false,
    metafile: true,
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node24",
    minify: true,
    sourcemap: sourceMaps ? "linked" : false,
    sourcesContent: false,
    legalComments: "external",
    external: LEFT_OUT,
    plugins: [VERSION_ONLY],
    define: { "import.meta.url": "__moduleUrl" },
    banner: { js: MODULE_URL },
    logLevel: "warning",
  });
  const made = outputFiles.map(({ path, contents, text }) => ({ name: basename(path), contents, text }));
  const isLegal = ({ name }: { readonly name: string }) => name === `${APP}.LEGAL.txt`;
  const code = made.filter((file) => !isLegal(file)).map(({ name, contents }) => ({ name, contents }));
  return {
    files: [{ name: main, contents: STARTER }, ...code],
    metafile,
    legalComments: made.find(isLegal)?.text ?? "",
  };
}

/** Writes the bundle of one entry: `outfile`, and beside it what it loads. */
export async function bundle(entry: string, outfile: string): Promise<void> {
  const { files } = await makeBundle(entry, basename(outfile));
  for (const { name, contents } of files) await writeFile(join(dirname(outfile), name), contents);
}
