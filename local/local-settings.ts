import { readFile, rename, writeFile } from "node:fs/promises";

const OWNER_ONLY = 0o600;

/**
 * Writes the settings into a `local.settings.json` as Core Tools reads it. What else stands there already, such as a
 * schedule to try out, is kept.
 * @throws one sentence when a file exists that isn't such JSON, which is left unchanged, and when
 * the file can't be written.
 */
export async function writeLocalSettings(path: string, settings: Readonly<Record<string, string>>): Promise<void> {
  const present = await readPresent(path);
  const content = { ...present, IsEncrypted: false, Values: { ...valuesOf(present), ...settings } };
  // In one step: a host that watches the file never sees half of it.
  const draft = `${path}.${process.pid}.tmp`;
  try {
    await writeFile(draft, `${JSON.stringify(content, null, 2)}\n`, { mode: OWNER_ONLY });
    await rename(draft, path);
  } catch (cause) {
    throw new Error(`${path} can't be written: check its folder, or name another file with --settings-file.`, {
      cause,
    });
  }
}

async function readPresent(path: string): Promise<object> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (problem) {
    if (problem instanceof Error && "code" in problem && problem.code === "ENOENT") return {};
    throw problem;
  }
  const parsed = parseObject(text);
  // An encrypted file's values can't be kept beside plain ones.
  if (parsed === undefined || ("IsEncrypted" in parsed && parsed.IsEncrypted === true)) {
    throw new Error(`${path} is not plain JSON settings of Core Tools: move it away, and a new one is written.`);
  }
  return parsed;
}

function parseObject(text: string): object | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return isObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

const valuesOf = (present: object): object => ("Values" in present && isObject(present.Values) ? present.Values : {});

const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);
