/**
 * `npm run executed`: prints the files of the product of which a function is called during one scheduled backup, from the
 * timer to the record, on the local world with the real adapters. It is an ordinary night: the ledger, the state of the
 * HSM and the queue exist already, so that the second backup is measured.
 */
import { Session } from "node:inspector/promises";
import { fileURLToPath } from "node:url";
import { backUpOnce, type LoadedApp, loadApp } from "./executed-app.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const PRODUCT = /^(functions|backup|azure)\//;
/** A person has to be able to read one backup from end to end. */
const MOST_FILES = 30;

/** A file, and the names of its functions that were called. */
type Executed = { readonly file: string; readonly functions: readonly string[] };

/** The product's files of which a function is called while `work` runs. Modules are loaded before. */
async function executedFiles(work: () => Promise<void>): Promise<readonly Executed[]> {
  const session = new Session();
  session.connect();
  try {
    await session.post("Profiler.enable");
    await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: false });
    await work();
    const { result } = await session.post("Profiler.takePreciseCoverage");
    return result
      .filter(({ url }) => url.startsWith("file:"))
      .map(({ url, functions }) => ({
        file: fileURLToPath(url).slice(ROOT.length),
        called: functions.filter(isCalled),
      }))
      .filter(({ file, called }) => PRODUCT.test(file) && called.length > 0)
      .map(({ file, called }) => ({ file, functions: called.flatMap(({ functionName }) => functionName || []) }))
      .toSorted((a, b) => a.file.localeCompare(b.file));
  } finally {
    session.disconnect();
  }
}

const isCalled = ({ ranges }: { readonly ranges: readonly { readonly count: number }[] }): boolean =>
  ranges.some(({ count }) => count > 0);

async function measure(app: LoadedApp): Promise<readonly Executed[]> {
  await backUpOnce(app);
  await app.untilNextSlot();
  return executedFiles(() => backUpOnce(app));
}

const app = await loadApp();
try {
  const files = await measure(app);
  for (const { file, functions } of files) console.log(`${file}: ${[...new Set(functions)].join(", ")}`);
  console.log(
    `${files.length} files of the product take part in one scheduled backup (at most ${MOST_FILES} are wanted)`,
  );
  process.exitCode = files.length > MOST_FILES ? 1 : 0;
} finally {
  await app.stop();
}
