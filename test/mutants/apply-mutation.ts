import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Edit, Mutation } from "./mutation.ts";

/** A mutation that isn't one of this source (any more): the list has to be mended, not the run repeated. */
export class DoesNotApply extends Error {
  override readonly name = "DoesNotApply";
}

/** The text with the edit made. @throws DoesNotApply where `find` doesn't stand exactly once in it, or nothing would change */
export function edited(text: string, { file, find, replace }: Edit): string {
  const places = find === "" ? 0 : text.split(find).length - 1;
  if (places !== 1) throw new DoesNotApply(`${file} has ${places} places, not one, that read: ${find}`);
  if (find === replace) throw new DoesNotApply(`${file} stays as it is: ${find}`);
  // Not `replace`: a `$` in the new text would mean something.
  return text.split(find).join(replace);
}

/** The files that a mutation changes, as they read then; the edits are made one after the other. @throws DoesNotApply */
export async function mutatedFiles(project: string, { name, edits }: Mutation): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  for (const edit of edits) {
    const text = texts.get(edit.file) ?? (await readSource(project, edit.file, name));
    texts.set(edit.file, edited(text, edit));
  }
  if (texts.size === 0) throw new DoesNotApply(`It has no edits: ${name}`);
  return texts;
}

/** Makes the edits of a mutation in a copy of the project. @throws DoesNotApply */
export async function applyMutation(copy: string, mutation: Mutation): Promise<void> {
  for (const [file, text] of await mutatedFiles(copy, mutation)) await writeFile(join(copy, file), text);
}

async function readSource(project: string, file: string, name: string): Promise<string> {
  try {
    return await readFile(join(project, file), "utf8");
  } catch (cause) {
    throw new DoesNotApply(`There is no ${file} to change: ${name}`, { cause });
  }
}
