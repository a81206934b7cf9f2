import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { SETTINGS } from "../../bench/settings.ts";
import { makeTemporaryFolder } from "../../local/temporary-folder.ts";
import { parseFields, texts } from "../../scripts/json.ts";
import { startChild } from "../child-process.ts";

const LOAD_ONCE = fileURLToPath(new URL("../../bench/load-once.mjs", import.meta.url));

export type Loaded = {
  readonly exitCode: number | null;
  readonly stderr: string;
  /** The functions that the app registered, and the modules that it didn't find; neither when it didn't load. */
  readonly functions: readonly string[];
  readonly missing: readonly string[];
};

/** Loads an app in a Node process that has nothing but these settings and an empty folder, as the worker does. */
export async function loadInBareNode(app: string, settings = SETTINGS): Promise<Loaded> {
  const { path, stop } = await makeTemporaryFolder();
  try {
    const loader = join(path, "load-once.mjs");
    await copyFile(LOAD_ONCE, loader);
    const child = startChild([loader, join(app, "main.js")], { env: { ...settings }, cwd: path });
    const exitCode = await child.exited;
    const said = child.stdout.at(-1);
    const outcome = said === undefined ? { functions: [], missing: [] } : parseFields(said, "outcome");
    const [functions, missing] = [texts(outcome, "functions"), texts(outcome, "missing")];
    return { exitCode, stderr: child.stderr.join("\n"), functions, missing };
  } finally {
    await stop();
  }
}
