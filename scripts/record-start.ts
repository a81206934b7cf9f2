/** `npm run record`: runs `npm start`, and draws what it prints, and when, as docs/start.svg for the README. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { homedir, hostname, tmpdir } from "node:os";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { drawRecording, type Printed } from "./record-svg.ts";

const RECORDING = fileURLToPath(new URL("../docs/start.svg", import.meta.url));
const ROOT = fileURLToPath(new URL("..", import.meta.url));
/** Begins the last part of the output, after which the app serves. */
const SERVES = "The app serves until Ctrl-C";
const LAST_LINES_WITHIN_MILLISECONDS = 1_000;
/** Lines that are printed together appear together. */
const STEP_MILLISECONDS = 50;
const KEY = /(x-functions-key: |#key=)[\w-]+/g;

/** The line as it may be published. @throws when it would tell something of this machine. */
export function publishable(line: string, machine: readonly string[]): string {
  const text = stripVTControlCharacters(line).replaceAll(KEY, "$1…");
  if (machine.some((each) => text.includes(each))) throw new Error(`A line names something of this machine: ${text}`);
  return text;
}

/** Runs `npm start` until it has made its backup and serves. */
async function record(npm: string): Promise<readonly Printed[]> {
  const begun = Date.now();
  const child = spawn(process.execPath, [npm, "start"], { cwd: ROOT, stdio: ["ignore", "pipe", "inherit"] });
  const closed = once(child, "close");
  const lines: Printed[] = [];
  let isServing = false;
  for await (const line of createInterface(child.stdout)) {
    lines.push({ text: line, at: Math.round((Date.now() - begun) / STEP_MILLISECONDS) * STEP_MILLISECONDS });
    if (!isServing && line.startsWith(SERVES)) {
      isServing = true;
      // SIGTERM: npm passes a SIGINT on to the shell that it runs the script in, and no further.
      void wait(LAST_LINES_WITHIN_MILLISECONDS).then(() => child.kill("SIGTERM"));
    }
  }
  await closed;
  if (!isServing) throw new Error("npm start has ended before the app served.");
  const machine = [ROOT, homedir(), tmpdir(), hostname()];
  return lines.map(({ text, at }) => ({ text: publishable(text, machine), at }));
}

if (import.meta.main) {
  const npm = process.env.npm_execpath;
  if (npm === undefined) throw new Error("Start this with: npm run record");
  const lines = await record(npm);
  await writeFile(RECORDING, drawRecording("npm start", lines));
  console.log(`${RECORDING}: ${lines.length} lines`);
}
