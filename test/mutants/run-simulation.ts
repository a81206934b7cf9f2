import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

const PROGRAM = join("test", "simulation", "main.ts");
/** Seeds are counted from here. */
export const FIRST_SEED = 1;
const FOUND_SOMETHING = 1;
const WORDS_KEPT = 5;

/** What the simulation said of one copy of the project. */
export type Simulated =
  | { readonly outcome: "clean"; readonly seeds: number }
  | {
      readonly outcome: "violated";
      /** The first seed that failed, and every check that did. */
      readonly seed: number;
      readonly checks: readonly string[];
      /** What the first one said. */
      readonly what: string;
    }
  /** It came to no end of its own: what it said last. */
  | { readonly outcome: "broken"; readonly problem: string };

export type SimulationOptions = {
  readonly seeds: number;
  readonly workers: number;
  /** Milliseconds after which it counts as broken: a mutant may well run in a circle. */
  readonly limit: number;
  readonly signal: AbortSignal;
};

/** Runs the simulation of the project in this folder with rising seeds, until it has found something. @throws when aborted */
export async function runSimulation(folder: string, options: SimulationOptions): Promise<Simulated> {
  const { seeds, workers, limit, signal } = options;
  const ends = AbortSignal.any([signal, AbortSignal.timeout(limit)]);
  const child = spawn(
    process.execPath,
    [PROGRAM, "--seeds", String(seeds), "--seed", String(FIRST_SEED), "--workers", String(workers), "--json"],
    { cwd: folder, stdio: ["ignore", "pipe", "pipe"] },
  );
  const kill = (): void => void child.kill("SIGKILL");
  ends.addEventListener("abort", kill);
  if (ends.aborted) kill();
  const said: string[] = [];
  const failed: FailedSeed[] = [];
  let summary: Summary | undefined;
  createInterface(child.stdout).on("line", (line) => {
    const read = readLine(line);
    if (read === undefined) keepLast(said, line);
    else if ("seed" in read) failed.push(read);
    else summary = read;
  });
  createInterface(child.stderr).on("line", (line) => keepLast(said, line));
  const [code]: unknown[] = await once(child, "close");
  ends.removeEventListener("abort", kill);
  signal.throwIfAborted();
  if (ends.aborted) return { outcome: "broken", problem: `it came to no end within ${limit / 1_000} s` };
  return judge(code, failed, summary, said);
}

function judge(
  code: unknown,
  failed: readonly FailedSeed[],
  summary: Summary | undefined,
  said: readonly string[],
): Simulated {
  const first = failed.toSorted((a, b) => a.seed - b.seed)[0];
  if (code === FOUND_SOMETHING && first !== undefined) {
    const checks = [...new Set([...failed.map(({ check }) => check), ...(summary?.checks ?? [])])];
    return { outcome: "violated", seed: first.seed, checks, what: first.what };
  }
  if (code === 0 && first === undefined && summary?.violations === 0) return { outcome: "clean", seeds: summary.seeds };
  return { outcome: "broken", problem: `it ended with ${String(code)}: ${said.join(" | ")}` };
}

type FailedSeed = { readonly seed: number; readonly check: string; readonly what: string };
type Summary = { readonly seeds: number; readonly violations: number; readonly checks: readonly string[] };

/** A line of the simulation's JSON: a failing seed, or the summary; undefined for any other. */
function readLine(line: string): FailedSeed | Summary | undefined {
  const value = parse(line);
  if (typeof value !== "object" || value === null) return undefined;
  if ("seed" in value && "check" in value && "what" in value) {
    const { seed, check, what } = value;
    return typeof seed === "number" ? { seed, check: String(check), what: String(what) } : undefined;
  }
  if (!("seeds" in value && "violations" in value)) return undefined;
  const { seeds, violations } = value;
  if (typeof seeds !== "number" || typeof violations !== "number") return undefined;
  const byCheck = "byCheck" in value ? value.byCheck : null;
  return { seeds, violations, checks: typeof byCheck === "object" && byCheck !== null ? namesOf(byCheck) : [] };
}

/** The checks that have found something. */
const namesOf = (byCheck: object): readonly string[] =>
  Object.entries(byCheck).flatMap(([name, count]: [string, unknown]) => (count === 0 ? [] : [name]));

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function keepLast(said: string[], line: string): void {
  said.push(line.trim());
  if (said.length > WORDS_KEPT) said.shift();
}
