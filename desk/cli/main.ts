import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";
import packageJson from "../../package.json" with { type: "json" };
import { runCommandLine } from "./command-line.ts";

const stopping = new AbortController();
// A second Ctrl-C ends the program as usual.
process.once("SIGINT", () => stopping.abort());
// The reader of the output has seen enough, as `head` has.
process.stdout.on("error", () => process.exit());

const exitCode = await runCommandLine(process.argv.slice(2), packageJson.version, {
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  now: () => new Date(),
  pause: async (milliseconds, signal) => {
    await wait(milliseconds, undefined, { signal });
  },
  signal: stopping.signal,
  readFile: (path) => readFile(path, "utf8"),
  random: randomUUID,
});

// A connection to a proxy that never answers would keep the process alive. What was written goes out first.
process.stdout.write("", () => process.stderr.write("", () => process.exit(exitCode)));
