import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { BundledPackage } from "./bundled-packages.ts";
import { parseFields } from "./json.ts";

const LICENCE_FILE = /^(?:licen[cs]e|copying|notice)(?:[-.\w]*)$/i;
const RULE = `\n${"-".repeat(80)}\n`;
const INTRODUCTION = `The file app.cjs beside this one holds code of the packages below, under the licences that follow each group of them.
sbom.cdx.json lists the same packages for machines.
`;
const COMMENTS = "What the bundled files themselves say on licences:\n";
/** The standard text, for packages that declare this licence and bring no file with it. */
const MIT = `Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;

/**
 * The licence texts of what is bundled, each text once with the packages that it is for.
 * @param root the repository @param legalComments those that stand in the bundled files
 * @throws with the package's name where a text can't be found: nothing may be distributed without its licence.
 */
export async function notices(
  root: string,
  packages: readonly BundledPackage[],
  legalComments: string,
): Promise<string> {
  const parts = await licences(root, packages);
  return [INTRODUCTION, ...parts, `${COMMENTS}\n${legalComments.trim()}\n`].join(RULE);
}

/** The licence texts themselves, each once below the packages that it is for. */
export async function licences(root: string, packages: readonly BundledPackage[]): Promise<readonly string[]> {
  const read = packages.map(async (each) => ({ each, terms: await termsOf(root, each) }));
  const groups = Map.groupBy(await Promise.all(read), ({ terms }) => terms);
  return [...groups].map(([terms, same]) => {
    const names = same.map(({ each: { name, version, license } }) => `${name} ${version} (${license})`);
    return `${names.join("\n")}\n\n${terms}\n`;
  });
}

async function termsOf(root: string, { place, name, license }: BundledPackage): Promise<string> {
  const folder = join(root, place);
  const files = (await readdir(folder)).filter((file) => LICENCE_FILE.test(file)).toSorted();
  if (files.length > 0) {
    const texts = await Promise.all(files.map((file) => readFile(join(folder, file), "utf8")));
    return texts.map(tidied).join("\n\n");
  }
  const author = nameOf(parseFields(await readFile(join(folder, "package.json"), "utf8"), name).author);
  if (license !== "MIT" || author === undefined) {
    throw new Error(`${name} is bundled and brings no text of its licence (${license}).`);
  }
  return `MIT License (the package brings no text of it, and names this author)\n\nCopyright (c) ${author}\n\n${MIT}`;
}

const tidied = (terms: string): string => terms.replaceAll(/[ \t]*\r?\n/g, "\n").trim();

/** npm takes an author as a text or as an object. */
function nameOf(author: unknown): string | undefined {
  if (typeof author === "string" && author !== "") return author;
  if (typeof author !== "object" || author === null || !("name" in author)) return undefined;
  return typeof author.name === "string" ? author.name : undefined;
}
