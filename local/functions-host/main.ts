/**
 * The local Functions host, a program of its own: see README.md. One JSON line on stdout says that it is ready; all else is
 * on stderr.
 */
import { Console } from "node:console";
import { parseCommandLine } from "./command-line.ts";
import { drain } from "./drain.ts";
import { type Host, startHost } from "./host.ts";
import { toOneLine } from "./log.ts";

const say = (line: string): void => {
  process.stderr.write(line);
};

/** Ends the process at once, with all that it runs: writes to stderr are synchronous, so the sentence is out by then. */
function fail(problem: string): never {
  say(`${problem.trimEnd()}\n`);
  process.exit(1);
}

// The line on stdout is for a program to read: the app's own output must not mix with it.
globalThis.console = new Console(process.stderr, process.stderr);
process.on("uncaughtException", (error: unknown) =>
  fail(toOneLine(`The app left an error uncaught: ${error instanceof Error ? error.message : String(error)}`)),
);

async function start(): Promise<Host> {
  try {
    return await startHost(parseCommandLine(process.argv.slice(2)), process.env, { writeLog: say, onTimeout: fail });
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
}

const stopped = Promise.withResolvers<NodeJS.Signals>();
for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, stopped.resolve);

const host = await start();
process.stdout.write(`${JSON.stringify({ url: host.url, functions: host.functionNames })}\n`);

host.log.host("information", `${await stopped.promise}: no new invocations; waiting for the running ones.`);
if (!(await drain(host.stop())))
  host.log.host(
    "warning",
    "Some invocations were still running after 10 s; their messages and timers are retried later.",
  );
process.exit(0);
