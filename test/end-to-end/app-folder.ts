import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle } from "../../scripts/bundle.ts";

/** An entry of the app: `fast` has intervals of seconds, `short` slots and a deadline of seconds besides. */
export type Entry = "fast" | "short";

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
export async function makeFastApp(
  entry: Entry = "fast",
): Promise<{ readonly folder: string; readonly remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "mhsm-backup-app-"));
  await writeApp(folder, fileURLToPath(new URL(`./${entry}-main.ts`, import.meta.url)));
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Writes a built app into a folder. @param main the file that loads it */
export async function writeApp(folder: string, main: string, batches: Batches = DEPLOYED_BATCHES): Promise<void> {
  await mkdir(folder, { recursive: true });
  await bundle(main, join(folder, "main.js"));
  await writeFile(join(folder, "host.json"), JSON.stringify(hostJson(batches)));
  await writeFile(join(folder, "package.json"), JSON.stringify({ name: "fast", type: "module", main: "main.js" }));
}
