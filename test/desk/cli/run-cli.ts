import { runCommandLine } from "../../../desk/cli/command-line.ts";
import type { Shell } from "../../../desk/cli/shell.ts";

export const KEY = "a-key-of-this-test";
const START = Date.parse("2026-11-23T09:38:00Z");

export type Ran = {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Both, as a person sees them. */
  readonly seen: string;
  /** The lengths of the pauses, in seconds. */
  readonly pauses: readonly number[];
};

export type RunOptions = {
  readonly url?: string;
  readonly env?: Shell["env"];
  /** Both outputs are terminals. */
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly files?: Readonly<Record<string, string>>;
  /** Called at each pause, with the seconds since the start; `stop` is Ctrl-C. */
  readonly onPause?: (seconds: number, stop: () => void) => void;
};

/** Runs one command of the program, in this process, on a clock that only its pauses move. */
export async function runCli(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const { url, env = {}, isTTY = false, columns = 80, files = {}, onPause } = options;
  const written = { stdout: "", stderr: "", seen: "" };
  const output = (name: "stdout" | "stderr") => ({
    write: (text: string) => {
      written[name] += text;
      written.seen += text;
    },
    isTTY,
    columns,
  });
  const stopping = new AbortController();
  const pauses: number[] = [];
  let passed = 0;
  const exitCode = await runCommandLine(args, "1.2.3", {
    env: { ...(url !== undefined && { MHSM_BACKUP_URL: url, MHSM_BACKUP_KEY: KEY }), ...env },
    stdout: output("stdout"),
    stderr: output("stderr"),
    now: () => new Date(START + passed),
    pause: async (milliseconds, signal) => {
      passed += milliseconds;
      pauses.push(milliseconds / 1_000);
      onPause?.(passed / 1_000, () => stopping.abort());
      signal.throwIfAborted();
    },
    signal: stopping.signal,
    readFile: async (path) => {
      const text = files[path];
      if (text === undefined) throw Object.assign(new Error(`no ${path}`), { code: "ENOENT" });
      return text;
    },
    random: () => "one-random-text",
  });
  return { exitCode, ...written, pauses };
}
