import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle } from "../../scripts/bundle.ts";

const ENTRY = fileURLToPath(new URL("./fast-main.ts", import.meta.url));

// What the deployed host.json has, with a retry delay and a polling ceiling of the tests' own time scale.
const HOST_JSON = {
  version: "2.0",
  functionTimeout: "00:01:00",
  extensions: {
    queues: {
      batchSize: 16,
      newBatchThreshold: 8,
      maxDequeueCount: 5,
      maxPollingInterval: "00:00:01",
      visibilityTimeout: "00:00:01",
      messageEncoding: "base64",
    },
  },
};

/** A built app whose intervals are seconds, bundled as the deployed one is. */
export async function makeFastApp(): Promise<{ readonly folder: string; readonly remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "mhsm-backup-app-"));
  await mkdir(folder, { recursive: true });
  await bundle(ENTRY, join(folder, "main.js"));
  await writeFile(join(folder, "host.json"), JSON.stringify(HOST_JSON));
  await writeFile(join(folder, "package.json"), JSON.stringify({ name: "fast", type: "module", main: "main.js" }));
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}
