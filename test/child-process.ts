import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

export type Child = {
  readonly process: ChildProcess;
  /** The lines so far. */
  readonly stdout: readonly string[];
  readonly stderr: readonly string[];
  /** The first line on stdout; undefined when it ended without one. */
  readonly firstLine: Promise<string | undefined>;
  /** The exit code; null when a signal ended it. All output has been read by then. */
  readonly exited: Promise<number | null>;
  /** Ends it if it still runs, and waits for its end. */
  readonly kill: (signal?: NodeJS.Signals) => Promise<void>;
};

export type ChildOptions = { readonly env?: NodeJS.ProcessEnv; readonly cwd?: string };

/**
 * A Node process of its own, on the very Node that runs the tests: for programs that are tested by what they print and how
 * they end. What a test only needs to be there is started by `local/child-process.ts`.
 */
export function startChild(command: readonly string[], options: ChildOptions = {}): Child {
  const child = spawn(process.execPath, command, { ...options, stdio: ["ignore", "pipe", "pipe"] });
  const stdout: string[] = [];
  const stderr: string[] = [];
  const first = Promise.withResolvers<string | undefined>();
  createInterface(child.stdout)
    .on("line", (line) => stdout.push(line))
    .once("line", first.resolve);
  createInterface(child.stderr).on("line", (line) => stderr.push(line));
  const exited = once(child, "close").then(() => {
    first.resolve(undefined);
    return child.exitCode;
  });
  return {
    process: child,
    stdout,
    stderr,
    firstLine: first.promise,
    exited,
    kill: async (signal = "SIGKILL") => {
      child.kill(signal);
      await exited;
    },
  };
}

/** The first line on stdout. @throws Error with the output on stderr when there is none. */
export async function firstLineOf({ firstLine, stderr }: Child): Promise<string> {
  const line = await firstLine;
  if (line === undefined) throw new Error(`It ended without a word on stdout: ${stderr.join("\n")}`);
  return line;
}
