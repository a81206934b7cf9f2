import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

export type Child = {
  readonly process: ChildProcess;
  readonly stdout: readonly string[];
  readonly stderr: readonly string[];
  /** The exit code; null when a signal ended it. */
  readonly exited: Promise<number | null>;
  /** Ends it if it still runs, and waits for that. */
  readonly kill: (signal?: NodeJS.Signals) => Promise<void>;
};

/** A Node process of its own, on the very Node that runs the tests. */
export function startChild(args: readonly string[], env: Readonly<Record<string, string>> = {}): Child {
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env.PATH ?? "", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const stdout: string[] = [];
  const stderr: string[] = [];
  createInterface(child.stdout).on("line", (line) => stdout.push(line));
  createInterface(child.stderr).on("line", (line) => stderr.push(line));
  const exited = once(child, "close").then(() => child.exitCode);
  return {
    process: child,
    stdout,
    stderr,
    exited,
    kill: async (signal = "SIGKILL") => {
      child.kill(signal);
      await exited;
    },
  };
}
