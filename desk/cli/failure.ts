import { ApiFailed, type ApiFailure } from "../api-failed.ts";
import { BUSY, type ExitCode, NO_APP, NOT_FOUND, NOT_WELL, USAGE, WRONG_KEY } from "./exit-codes.ts";

/** A command that can't be carried out. The message names the fix; it never repeats what may be a secret. */
export class CommandFailed extends Error {
  override readonly name = "CommandFailed";
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** An argument, setting or file that can't be used. */
export const wrong = (message: string): CommandFailed => new CommandFailed(USAGE, message);

/** What went wrong, what to do about it, and the exit code that says so. */
export type Failure = { readonly exitCode: ExitCode; readonly message: string; readonly fix: string | null };

/** Undefined for an error that is a bug of this program. */
export function failureOf(thrown: unknown): Failure | undefined {
  if (thrown instanceof CommandFailed) return { exitCode: thrown.exitCode, message: thrown.message, fix: null };
  if (!(thrown instanceof ApiFailed)) return undefined;
  const { message, failure } = thrown;
  switch (failure.kind) {
    case "wrongKey":
      return { exitCode: WRONG_KEY, message: `The app refused the key. ${message}`, fix: KEY };
    case "unreachable":
      return { exitCode: NO_APP, message: `The app can't be reached. ${message}`, fix: ADDRESS };
    case "noAnswer":
      return { exitCode: NO_APP, message: `The app did not answer. ${message}`, fix: "Try again in a minute." };
    case "forbidden":
      return { exitCode: NO_APP, message: `Access is refused. ${message}`, fix: FORBIDDEN };
    case "notTheApp":
      return { exitCode: NO_APP, message: `This is not an answer of the app. ${message}`, fix: NOT_THE_APP };
    case "refused":
      return refused(codeOf(failure), message);
  }
}

function refused(exitCode: ExitCode, message: string): Failure {
  if (exitCode === BUSY) return { exitCode, message, fix: "Look at it with mhsm-backup show, or start after its end." };
  // The app says itself what it expected, and what to do.
  return { exitCode, message, fix: exitCode === NOT_FOUND ? "See: mhsm-backup hsms, mhsm-backup runs" : null };
}

const KEY =
  "Use a function key of the app (az functionapp keys list), in a file that --key-file or MHSM_BACKUP_KEY_FILE names, or in MHSM_BACKUP_KEY.";
const ADDRESS = "Check --url or MHSM_BACKUP_URL, and the network.";
const FORBIDDEN = "Check that the app is not stopped, and that its network rules allow this machine.";
const NOT_THE_APP = "Check --url or MHSM_BACKUP_URL, and that the app has the version of this program.";

/** Codes and statuses of the app's own errors. */
function codeOf({ code, status }: ApiFailure): ExitCode {
  if (code === "backupRunning") return BUSY;
  if (status === 400) return USAGE;
  return status === 404 ? NOT_FOUND : NOT_WELL;
}

/** Whether a call may succeed later although nobody mends anything: the network, a restart, a service of the app. */
export const isPassing = ({ kind, status }: ApiFailure): boolean =>
  kind === "unreachable" || kind === "noAnswer" || (kind === "refused" && status !== null && status >= 500);
