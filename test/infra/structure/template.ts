import { readFileSync } from "node:fs";

/** A JSON object of which nothing else is known. */
export type Fields = Readonly<Record<string, unknown>>;

export const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The value at that place, which must be an object. */
export function fieldsAt(value: unknown, ...path: readonly string[]): Fields {
  const found = path.reduce<unknown>((at, name) => (isFields(at) ? at[name] : undefined), value);
  if (!isFields(found)) throw new Error(`expected an object at ${path.join(".")}`);
  return found;
}

/** A file of infra/, read as JSON. */
export function readInfra(file: string): Fields {
  const value: unknown = JSON.parse(readFileSync(new URL(`../../../infra/${file}`, import.meta.url), "utf8"));
  return fieldsAt(value);
}

/** The committed template. */
export const TEMPLATE = readInfra("main.json");

/** A resource of the template or of a module in it. `module`: the names of the modules that it is in. */
export type Resource = { readonly type: string; readonly module: string; readonly body: Fields };

/** Every resource that is made, in the order of the template; resources that are only read aren't among them. */
export function resourcesOf(template: Fields, module = ""): readonly Resource[] {
  const declared = template.resources;
  const bodies = Array.isArray(declared) ? declared.map((body) => ["", body]) : Object.entries(fieldsAt(declared));
  return bodies.flatMap(([name, body]) => {
    if (!isFields(body) || body.existing === true) return [];
    const type = String(body.type);
    if (type !== "Microsoft.Resources/deployments") return [{ type, module, body }];
    return resourcesOf(fieldsAt(body, "properties", "template"), [module, name].filter(Boolean).join("/"));
  });
}

/** Every string in a value, keys included. */
export function stringsIn(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(stringsIn);
  return isFields(value) ? Object.entries(value).flatMap(([key, each]) => [key, ...stringsIn(each)]) : [];
}
