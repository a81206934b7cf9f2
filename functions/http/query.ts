import { quoted } from "../../backup/model/secret.ts";
import { InvalidInput } from "../../backup/model/validation.ts";

/** The portal appends the function key and its name to every URL. */
const KEY_PARAMETERS = ["code", "clientId"];

/** @throws InvalidInput that names a parameter which is not among these */
export function refuseOthers(query: URLSearchParams, parameters: readonly string[]): void {
  const unknown = [...query.keys()].find((name) => ![...parameters, ...KEY_PARAMETERS].includes(name));
  if (unknown !== undefined)
    throw new InvalidInput(`${quoted(unknown)}: expected a parameter among ${parameters.join(", ")}, got another`);
}

/** A whole number from 1; undefined where the parameter is missing or empty. @throws InvalidInput */
export function readNumber(query: URLSearchParams, name: string, largest: number): number | undefined {
  const text = query.get(name);
  if (!text) return undefined;
  const number = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (number < 1 || number > largest)
    throw new InvalidInput(`${name}: expected a whole number from 1 to ${largest}, got ${quoted(text)}`);
  return number;
}
