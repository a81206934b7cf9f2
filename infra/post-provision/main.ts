/**
 * The step after provisioning: what Resource Manager can't give, and a first backup. Run by azure.yaml's hooks, and by hand.
 * Exit code 0 where nothing is left to do, 1 where something is, 2 where it was called wrongly.
 */
import { env, stdin, stdout } from "node:process";
import { createInterface } from "node:readline/promises";
import { setTimeout as wait } from "node:timers/promises";
import { readArguments, USAGE, type Wanted } from "./arguments.ts";
import { azOnPath } from "./az.ts";
import { runStep } from "./step.ts";

async function ask(question: string): Promise<boolean> {
  const terminal = createInterface({ input: stdin, output: stdout });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim());
  } finally {
    terminal.close();
  }
}

function wantedOrUsage(): Wanted | undefined {
  try {
    // biome-ignore lint/style/noProcessEnv: an entry point
    return readArguments(process.argv.slice(2), env.POST_PROVISION);
  } catch (thrown) {
    console.error(`${thrown instanceof Error ? thrown.message : String(thrown)}\n\n${USAGE}`);
    process.exitCode = 2;
    return undefined;
  }
}

const wanted = wantedOrUsage();
if (wanted !== undefined) {
  const hasTerminal = stdin.isTTY === true && stdout.isTTY === true;
  const deps = { az: azOnPath, say: console.log, ask: hasTerminal ? ask : undefined, wait: (ms: number) => wait(ms) };
  try {
    process.exitCode = (await runStep(deps, wanted)) ? 0 : 1;
  } catch (thrown) {
    console.error(thrown instanceof Error ? thrown.message : String(thrown));
    process.exitCode = 1;
  }
}
