import { Command, CommanderError, Option } from "commander";
import { HOUR } from "../../backup/model/instant.ts";
import { RUN_STATES } from "../../backup/model/run.ts";
import { RESTORE_WAYS, type RestoreWay } from "../restore-commands.ts";
import { type ConnectionOptions, readConnection } from "./connection.ts";
import { type Context, contextOf, noteOn } from "./context.ts";
import { EXIT_CODES, type ExitCode, INTERRUPTED, OK, USAGE } from "./exit-codes.ts";
import { failureOf } from "./failure.ts";
import { readCount, readDuration, readHsm, readKeyName, readRun } from "./read-arguments.ts";
import { coverage, doctor, health, hsms, runs, show } from "./read-commands.ts";
import { restoreCommand } from "./restore-command.ts";
import type { Shell } from "./shell.ts";
import { start } from "./start.ts";

/** Longer than the usual deadline of a run. */
const USUAL_TIMEOUT = 7 * HOUR;

const HELP_END = `
Environment:
  MHSM_BACKUP_URL       the address of the app, as --url
  MHSM_BACKUP_KEY_FILE  a file with a function key of the app, as --key-file
  MHSM_BACKUP_KEY       the key itself
  NO_COLOR              no colours

Exit codes:
${EXIT_CODES.map(([code, meaning]) => `  ${String(code).padEnd(3)}  ${meaning}`).join("\n")}`;

const given = <T>(text: string | undefined, read: (text: string) => T): T | undefined =>
  text === undefined ? undefined : read(text);

type Action = (context: Context) => Promise<ExitCode>;

/** Runs one command. @param args without the names of the program @returns the exit code */
export async function runCommandLine(args: readonly string[], version: string, shell: Shell): Promise<ExitCode> {
  let chosen: Action | undefined;
  const program = programOf(version, shell, (action) => {
    chosen = action;
  });
  try {
    program.parse([...args], { from: "user" });
    if (chosen === undefined) return OK;
    const options = program.opts<ConnectionOptions & { readonly json?: true }>();
    return await chosen(contextOf(shell, await readConnection(options, shell), options.json === true));
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? OK : USAGE;
    if (shell.signal.aborted) return INTERRUPTED;
    const failure = failureOf(thrown);
    if (failure === undefined) throw thrown;
    noteOn(shell, failure.message);
    if (failure.fix !== null) noteOn(shell, failure.fix);
    return failure.exitCode;
  }
}

/** Every command with its arguments. */
function programOf(version: string, shell: Shell, choose: (action: Action) => void): Command {
  const program = new Command("mhsm-backup")
    .description("Backups of Azure Key Vault Managed HSMs: look, start, prove, restore.")
    .version(version)
    .option("--url <address>", "the address of the app: https://<app>.azurewebsites.net")
    .option("--key-file <file>", "a file with a function key of the app")
    .option("--json", "print the answer of the app as one JSON document")
    .helpCommand(false)
    .addHelpText("after", HELP_END)
    .configureOutput({
      writeOut: (text) => shell.stdout.write(text),
      writeErr: (text) => shell.stderr.write(text),
      // What follows a `=` may be a secret.
      outputError: (text) => noteOn(shell, text.replace(/=\S*/g, "=…'")),
    })
    .exitOverride();
  program
    .command("hsms")
    .description("each HSM: its newest verified backup, and what runs or comes next")
    .action(() => choose(hsms));
  program
    .command("runs")
    .description("the newest runs")
    .option("--hsm <hsm>", "of one HSM")
    .addOption(new Option("--state <state>", "in one state").choices(RUN_STATES))
    .option("--limit <number>", "at most so many")
    .action(({ hsm, state, limit }: { hsm?: string; state?: string; limit?: string }) =>
      choose((context) =>
        runs(context, {
          hsm: given(hsm, readHsm),
          state,
          limit: given(limit, readCount("--limit")),
        }),
      ),
    );
  program
    .command("show")
    .description("one run")
    .argument("<hsm>")
    .argument("<run>")
    .action((hsm: string, run: string) => choose((context) => show(context, readHsm(hsm), readRun(run))));
  program
    .command("start")
    .description("start a backup")
    .argument("<hsm>")
    .option("--wait", "wait for its end")
    .option("--timeout <duration>", "wait no longer, such as 45m (default: 7h)")
    .action((hsm: string, { wait, timeout }: { wait?: true; timeout?: string }) =>
      choose((context) => {
        const longest = given(timeout, readDuration("--timeout")) ?? USUAL_TIMEOUT;
        return start(context, readHsm(hsm), wait === true || timeout !== undefined ? longest : null);
      }),
    );
  program
    .command("coverage")
    .description("which scheduled slots of an HSM have a verified backup")
    .argument("<hsm>")
    .option("--days <number>", "of so many days")
    .action((hsm: string, { days }: { days?: string }) =>
      choose((context) => coverage(context, readHsm(hsm), given(days, readCount("--days")))),
    );
  program
    .command("restore-command")
    .description("the commands that restore a backup; it runs none of them")
    .argument("<hsm>")
    .argument("[run]", "the newest verified backup unless given")
    .option("--key <name>", "restore this key only")
    .addOption(
      new Option("--access <way>", "how the HSM reads the backup (default: as the app is set)").choices(RESTORE_WAYS),
    )
    .action((hsm: string, run: string | undefined, { key, access }: { key?: string; access?: RestoreWay }) =>
      choose((context) => {
        const wanted = { run: given(run, readRun), key: given(key, readKeyName), access };
        return restoreCommand(context, readHsm(hsm), wanted);
      }),
    );
  program
    .command("health")
    .description("whether every HSM has a backup that is young enough")
    .action(() => choose(health));
  program
    .command("doctor")
    .description("checks of everything that a backup needs")
    .action(() => choose(doctor));
  return program;
}
