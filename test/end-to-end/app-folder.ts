import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { makeTemporaryFolder } from "../../local/temporary-folder.ts";
import { bundle } from "../../scripts/bundle.ts";
import { makePage } from "../../scripts/page.ts";

const FAST_MAIN = fileURLToPath(new URL("./fast-main.ts", import.meta.url));

/** How many messages a host works on at a time: up to both together. */
export type Batches = { readonly batchSize: number; readonly newBatchThreshold: number };

const DEPLOYED_BATCHES: Batches = { batchSize: 16, newBatchThreshold: 8 };

// What the deployed host.json has, with a retry delay and a polling ceiling of the tests' own time scale.
const hostJson = ({ batchSize, newBatchThreshold }: Batches) => ({
  version: "2.0",
  functionTimeout: "00:01:00",
  extensions: {
    queues: {
      batchSize,
      newBatchThreshold,
      maxDequeueCount: 5,
      maxPollingInterval: "00:00:01",
      visibilityTimeout: "00:00:01",
      messageEncoding: "base64",
    },
  },
});

/** A built app whose intervals are seconds, bundled as the deployed one is. */
export async function makeFastApp(): Promise<{ readonly folder: string; readonly remove: () => Promise<void> }> {
  const { path, stop } = await makeTemporaryFolder();
  await writeApp(path, FAST_MAIN);
  return { folder: path, remove: stop };
}

/** Writes a built app into a folder. @param main the file that loads it */
export async function writeApp(folder: string, main: string, batches: Batches = DEPLOYED_BATCHES): Promise<void> {
  await mkdir(folder, { recursive: true });
  await bundle(main, join(folder, "main.js"));
  await writeFile(join(folder, "status.html"), (await makePage()).html);
  await writeFile(join(folder, "host.json"), JSON.stringify(hostJson(batches)));
  await writeFile(join(folder, "package.json"), JSON.stringify({ name: "fast", type: "module", main: "main.js" }));
}
