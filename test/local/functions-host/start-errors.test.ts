import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loadApp, readPackage } from "../../../local/functions-host/app-loader.ts";
import type { CoreModule } from "../../../local/functions-host/core-module.ts";
import { createHooks } from "../../../local/functions-host/hooks.ts";
import { connectStorage } from "../../../local/functions-host/host-storage.ts";
import { parseTrigger } from "../../../local/functions-host/triggers.ts";
import { ACCOUNT_KEY } from "../../azurite.ts";
import { type AppFolder, writeApp } from "./app-folder.ts";
import { FUNCTION, recordLog } from "./recorders.ts";

const ACCOUNT = `DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=${ACCOUNT_KEY}`;
// Nothing listens on port 1.
const UNREACHABLE = `${ACCOUNT};BlobEndpoint=http://127.0.0.1:1/a;QueueEndpoint=http://127.0.0.1:1/a`;

describe("an app that can't be loaded", () => {
  const core: CoreModule = {
    functions: new Map(),
    hooks: createHooks(),
    programmingModel: () => undefined,
    finishStartup: () => undefined,
  };
  let app: AppFolder;
  beforeEach(async () => {
    app = await writeApp({ "empty.js": "" });
  });
  afterEach(() => app.remove());

  test("has no readable package.json", async () => {
    await expect(readPackage(`${app.path}/nowhere`)).rejects.toThrow(/^There is no readable .*package\.json/);
  });

  test("has a package.json without main", async () => {
    const other = await writeApp({}, {});
    await expect(readPackage(other.path)).rejects.toThrow('has no "main"');
    await other.remove();
  });

  test.each([
    [
      "has no file that main matches",
      "main.js",
      /^error host Worker was unable to load entry point "main\.js": no file/,
    ],
    ["registers no function", "empty.js", /^warning host The app registered no function/],
  ])("%s: the host says so, and runs without functions", async (_what, main, line) => {
    const { log, lines } = recordLog();
    expect(await loadApp(app.path, main, core, log)).toMatchObject({ functions: [] });
    expect(lines).toEqual([expect.stringMatching(line)]);
  });

  test("has a binding that isn't imitated, which is named", () => {
    const bindings = { blob: { type: "blobTrigger" } };
    expect(() => parseTrigger({ ...FUNCTION, bindings }, {})).toThrow(
      'Function work has a binding of type "blobtrigger", which this local host doesn\'t imitate.',
    );
  });
});

describe("a host storage that can't be used", () => {
  test("is missing in the settings", () => {
    expect(() => connectStorage({ AzureWebJobsStorage: "" })).toThrow(/^The setting AzureWebJobsStorage is missing/);
  });

  test("is given in the form for an identity", () => {
    const settings = { AzureWebJobsStorage__blobServiceUri: "https://x.blob.core.windows.net" };
    expect(() => connectStorage(settings)).toThrow(/takes only a connection string/);
  });

  test("is no connection string, and its key is not shown", () => {
    expect(() => connectStorage({ AzureWebJobsStorage: `nonsense;AccountKey=${ACCOUNT_KEY}` })).toThrow(
      /^The setting AzureWebJobsStorage is not a storage connection string\.$/,
    );
  });

  test("can't be reached, and its key is not shown", async () => {
    const checking = connectStorage({ AzureWebJobsStorage: UNREACHABLE }).check();
    await expect(checking).rejects.toThrow(
      /^The storage of AzureWebJobsStorage \(http:\/\/127\.0\.0\.1:1\) can't be used: ECONNREFUSED$/,
    );
  });
});
