import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const BUILD = fileURLToPath(new URL("../scripts/build.ts", import.meta.url));
const STACK_LINE = /^\s+at /;

/** The folder that the build makes and every host runs. */
export const BUILT_APP = fileURLToPath(new URL("../dist", import.meta.url));

/** Builds the app as `npm run build` does. @throws Error with the output of a failed build. */
export async function buildApp(signal: AbortSignal): Promise<void> {
  try {
    await promisify(execFile)(process.execPath, [BUILD], { signal });
  } catch (cause) {
    const said = cause instanceof Error && "stderr" in cause ? String(cause.stderr) : String(cause);
    const lines = said.split("\n").filter((line) => line.trim() !== "" && !STACK_LINE.test(line));
    throw new Error(`The app could not be built:\n${lines.join("\n")}`, { cause });
  }
}
