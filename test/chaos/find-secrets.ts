import { SECRET_SHAPES } from "../secret-shapes.ts";
import { type Finding, leaked } from "./facts.ts";

/** A text that the app gave out, and what it is. */
export type Given = { readonly where: string; readonly text: string };

/**
 * Looks for secrets: for whatever has the shape of one, and for those of this world as they are.
 * @returns findings that say where, and never repeat a secret
 */
export function findSecrets(given: readonly Given[], known: readonly string[]): readonly Finding[] {
  const found = new Set<string>();
  for (const { where, text } of given) {
    for (const shape of SECRET_SHAPES) if (shape.test(text)) found.add(`${where}: something like ${shape.source}`);
    if (known.some((secret) => text.includes(secret))) found.add(`${where}: a secret of this world, as it is`);
  }
  return [...found].map((what) => leaked(what));
}
