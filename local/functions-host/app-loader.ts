import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { CoreModule, ProgrammingModel, RegisteredFunction } from "./core-module.ts";
import { isRecord } from "./is-record.ts";

export type LoadedApp = {
  readonly functions: readonly RegisteredFunction[];
  readonly programmingModel: ProgrammingModel;
  readonly hooks: CoreModule["hooks"];
};

/** The name in the app's package.json; undefined when it has none. @throws Error in one sentence when there is no package.json. */
export async function readPackage(appFolder: string): Promise<{ readonly name?: string; readonly main: string }> {
  const path = join(appFolder, "package.json");
  let content: unknown;
  try {
    content = JSON.parse(await readFile(path, "utf8"));
  } catch (cause) {
    throw new Error(`There is no readable ${path}: --app has to name the folder of a built app.`, { cause });
  }
  if (!isRecord(content) || typeof content.main !== "string")
    throw new Error(`${path} has no "main": the host doesn't know which file registers the functions.`);
  return typeof content.name === "string" ? { name: content.name, main: content.main } : { main: content.main };
}

/**
 * Imports every file that package.json's `main` matches (a file or a glob; ES modules and CommonJS alike).
 * A throw in one of them is handed on: `FUNCTIONS_NODE_BLOCK_ON_ENTRY_POINT_ERROR=true` makes the worker do the same.
 */
export async function loadApp(appFolder: string, main: string, core: CoreModule): Promise<LoadedApp> {
  const files: string[] = [];
  for await (const file of glob(main, { cwd: appFolder })) files.push(file);
  if (files.length === 0) throw new Error(`No file of the app matches "${main}", the "main" of its package.json.`);
  for (const file of files.sort()) await import(pathToFileURL(join(appFolder, file)).href);
  await core.hooks.run("appStart", { hookData: {}, appHookData: {}, functionAppDirectory: appFolder });
  core.finishStartup();

  const programmingModel = core.programmingModel();
  if (programmingModel === undefined || core.functions.size === 0)
    throw new Error("The app registered no function: it has to call app.http, app.timer or app.storageQueue.");
  const capabilities = await programmingModel.getCapabilities({});
  if (capabilities.HttpUri !== undefined)
    throw new Error("The app asks for HTTP streams (enableHttpStream), which this local host doesn't imitate.");
  return { functions: [...core.functions.values()], programmingModel, hooks: core.hooks };
}
