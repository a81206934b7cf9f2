import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { COMPILE_CACHE } from "./compile-cache.ts";
import { explainPortInUse } from "./port.ts";

const END_WITH_PARENT = new URL("./end-with-parent.ts", import.meta.url).href;
const READY_WITHIN_MILLISECONDS = 30_000;
const STOP_WITHIN_MILLISECONDS = 10_000;
const OUTPUT_WITHIN_MILLISECONDS = 1_000;
/** Enough to find in them why it failed; fewer are shown. */
const KEPT_LINES = 50;
const SHOWN_LINES = 12;

export type ProgramPlan<Ready> = {
  /** What a person calls it, as the subject of a sentence. */
  readonly name: string;
  /** The file that Node runs, and its arguments. */
  readonly command: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  readonly folder?: string;
  /** Called with each line of stdout, until it returns what the program reports once it listens. */
  readonly readReady: (line: string) => Ready | undefined;
  readonly onErrorLine?: (line: string) => void;
  /** SIGTERM for a program that has something to finish, SIGKILL for one whose data is thrown away anyway. */
  readonly endsBy: "SIGTERM" | "SIGKILL";
};

export type Program = {
  readonly pid: number;
  /** Resolves, never rejects, with a sentence about how it ended. */
  readonly ended: Promise<string>;
  readonly stop: () => Promise<void>;
};

/**
 * Starts a Node program of the local world and waits until it says that it listens. It ends with this process, however
 * this one ends, and a Ctrl-C at the terminal reaches only this one, so that things end in order.
 * @throws one sentence, when it ends or says nothing for 30 s instead, or `signal` is aborted; then it isn't running.
 */
export async function startProgram<Ready>(
  plan: ProgramPlan<Ready>,
  signal: AbortSignal,
): Promise<{ readonly program: Program; readonly ready: Ready }> {
  signal.throwIfAborted();
  const child = spawn(process.execPath, ["--import", END_WITH_PARENT, ...plan.command], {
    cwd: plan.folder,
    env: { ...COMPILE_CACHE, ...plan.environment },
    stdio: "pipe",
    detached: process.platform !== "win32",
    windowsHide: true,
  });
  child.stdin.on("error", () => undefined);
  const lastLines = keepLastLines(child, plan.onErrorLine);
  const ended = waitForEnd(child).then((how) => describeEnd(plan.name, how, lastLines()));
  const program: Program = { pid: child.pid ?? 0, ended, stop: () => stop(child, ended, plan.endsBy) };

  const ready = Promise.withResolvers<Ready>();
  createInterface({ input: child.stdout }).on("line", (line) => {
    const said = plan.readReady(line);
    if (said !== undefined) ready.resolve(said);
  });
  void ended.then((sentence) => ready.reject(new Error(sentence)));
  const limit = setTimeout(
    () =>
      ready.reject(
        new Error(
          `${capitalized(plan.name)} did not say within ${READY_WITHIN_MILLISECONDS / 1000} s that it listens.`,
        ),
      ),
    READY_WITHIN_MILLISECONDS,
  );
  const onAbort = (): void => ready.reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return { program, ready: await ready.promise };
  } catch (cause) {
    await program.stop();
    throw cause;
  } finally {
    clearTimeout(limit);
    signal.removeEventListener("abort", onAbort);
  }
}

function keepLastLines(
  child: { readonly stdout: Readable; readonly stderr: Readable },
  onErrorLine?: (line: string) => void,
) {
  const kept: string[] = [];
  const keep = (line: string): void => {
    kept.push(line);
    if (kept.length > KEPT_LINES) kept.shift();
  };
  createInterface({ input: child.stdout }).on("line", keep);
  createInterface({ input: child.stderr }).on("line", (line) => {
    keep(line);
    onErrorLine?.(line);
  });
  return (): readonly string[] => kept;
}

/** Resolves once the child has ended and its output was read, or a second later if other processes hold its pipes open. */
function waitForEnd(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once("error", (error) => resolve(`could not be run (${error.message})`));
    child.once("exit", (code, signal) => {
      const how = signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`;
      const late = setTimeout(() => resolve(how), OUTPUT_WITHIN_MILLISECONDS);
      child.once("close", () => {
        clearTimeout(late);
        resolve(how);
      });
    });
  });
}

/** One sentence about the unexpected end of a program, with its last lines of output. */
function describeEnd(name: string, how: string, lastLines: readonly string[]): string {
  const output = lastLines.slice(-SHOWN_LINES).join("\n");
  return (
    explainPortInUse(name, lastLines.join("\n")) ??
    `${capitalized(name)} ${how}${output === "" ? "." : `. Its last output:\n${output}`}`
  );
}

const capitalized = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

async function stop(child: ChildProcess, ended: Promise<string>, by: "SIGTERM" | "SIGKILL"): Promise<void> {
  child.kill(by);
  const limit = setTimeout(() => child.kill("SIGKILL"), STOP_WITHIN_MILLISECONDS);
  await ended;
  clearTimeout(limit);
}
