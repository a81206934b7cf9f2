import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Metafile } from "esbuild";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const PAGE = "desk/page";

export type BuiltPage = {
  readonly html: string;
  /** Of paths relative to this repository's root. */
  readonly metafile: Metafile;
  readonly legalComments: string;
};

/** Makes the status page: one document with its style and its script in it, and no data. The same sources give the same bytes. */
export async function makePage(): Promise<BuiltPage> {
  const { outputFiles, metafile } = await build({
    entryPoints: [`${PAGE}/main.tsx`, `${PAGE}/page.css`],
    absWorkingDir: ROOT,
    outdir: "dist",
    write: false,
    metafile: true,
    bundle: true,
    platform: "browser",
    format: "iife",
    target: ["es2023", "chrome120", "firefox121", "safari17.2"],
    minify: true,
    legalComments: "external",
    logLevel: "warning",
  });
  const textOf = (ending: string): string =>
    outputFiles
      .filter(({ path }) => path.endsWith(ending))
      .map(({ text }) => text)
      .join("");
  const shell = await readFile(join(ROOT, PAGE, "page.html"), "utf8");
  const html = shell
    .replace("<style></style>", () => `<style>${textOf(".css")}</style>`)
    .replace("<script></script>", () => `<script>${textOf(".js")}</script>`);
  return { html, metafile, legalComments: textOf(".LEGAL.txt") };
}
