import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { CoreModule, ProgrammingModel, RegisteredFunction } from "./core-module.ts";
import { isRecord } from "./is-record.ts";
import type { Log } from "./log.ts";

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

/** The model of an app that never loaded `@azure/functions`. */
const NO_MODEL: ProgrammingModel = {
  getInvocationModel: () => {
    throw new Error("The app has set no programming model: it has to import @azure/functions.");
  },
  getCapabilities: async (capabilities) => capabilities,
};

/**
 * Imports every file that package.json's `main` matches. After a throw, which is logged on one line, the host runs with the
 * functions that were registered before it. Those are usually none, and every address is 404.
 * @throws Error in one sentence for a feature that this host doesn't imitate
 */
export async function loadApp(appFolder: string, main: string, core: CoreModule, log: Log): Promise<LoadedApp> {
  try {
    await importFiles(appFolder, main);
    if (core.functions.size === 0)
      log.host("warning", "The app registered no function: it has to call app.http, app.timer or app.storageQueue.");
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    log.host("error", `Worker was unable to load entry point "${main}": ${reason}`);
  }
  await core.hooks.run("appStart", { hookData: {}, appHookData: {}, functionAppDirectory: appFolder });
  core.finishStartup();

  const programmingModel = core.programmingModel() ?? NO_MODEL;
  const capabilities = await programmingModel.getCapabilities({});
  if (capabilities.HttpUri !== undefined)
    throw new Error("The app asks for HTTP streams (enableHttpStream), which this local host doesn't imitate.");
  return { functions: [...core.functions.values()], programmingModel, hooks: core.hooks };
}

/** `main` is a file or a glob; ES modules and CommonJS alike. */
async function importFiles(appFolder: string, main: string): Promise<void> {
  const files: string[] = [];
  for await (const file of glob(main, { cwd: appFolder })) files.push(file);
  if (files.length === 0) throw new Error("no file of the app matches it.");
  for (const file of files.sort()) await import(pathToFileURL(join(appFolder, file)).href);
}
