import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Mutation } from "./mutation.ts";

/** A mutation that doesn't fit the source, or no longer does: correct the list; repeating the run doesn't help. */
export class DoesNotApply extends Error {
  override readonly name = "DoesNotApply";
}

/** The text with the mutation made. @throws DoesNotApply where it doesn't contain `find` exactly once */
export function mutated(text: string, { name, file, find, replace }: Mutation): string {
  const places = find === "" ? 0 : text.split(find).length - 1;
  if (places !== 1) throw new DoesNotApply(`"${name}": ${file} has ${places} places, not one, that read: ${find}`);
  if (find === replace) throw new DoesNotApply(`"${name}" changes nothing in ${file}`);
  // Not `replace`: a `$` in the new text would mean something.
  return text.split(find).join(replace);
}

/** The mutated file of a project. @throws DoesNotApply */
export async function mutatedFile(project: string, mutation: Mutation): Promise<string> {
  let text: string;
  try {
    text = await readFile(join(project, mutation.file), "utf8");
  } catch (cause) {
    throw new DoesNotApply(`"${mutation.name}": there is no ${mutation.file}`, { cause });
  }
  return mutated(text, mutation);
}

/** Makes the mutation in a copy of the project. @throws DoesNotApply */
export async function applyMutation(copy: string, mutation: Mutation): Promise<void> {
  await writeFile(join(copy, mutation.file), await mutatedFile(copy, mutation));
}
