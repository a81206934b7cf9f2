import { SECOND } from "../../backup/model/instant.ts";
import type { StartedRun } from "../../backup/model/views/listed-run.ts";
import { ApiFailed } from "../api-failed.ts";
import { type Api, apiAt } from "../client.ts";
import type { Context } from "./context.ts";
import { type ExitCode, NOT_WELL, OK, TIMED_OUT } from "./exit-codes.ts";
import { failureOf } from "./failure.ts";
import { progressOf } from "./progress.ts";
import { showRun } from "./show/runs.ts";
import { waitForEnd } from "./wait-for-end.ts";

/** Pauses before each repeated start. */
const PAUSES = [2 * SECOND, 5 * SECOND];

/** `start`: starts a backup, and with `timeout` waits that long for its end. */
export async function start(context: Context, hsm: string, timeout: number | null): Promise<ExitCode> {
  const started = await startOnce(context, hsm);
  if (timeout !== null) return follow(context, started, timeout);
  context.print(started, [started.id]);
  context.note(`The backup of ${hsm} was started. Look at it: ${showCommand(started)}`);
  return OK;
}

const showCommand = ({ hsm, id }: StartedRun): string => `mhsm-backup show ${hsm} ${id}`;

async function startOnce(context: Context, hsm: string): Promise<StartedRun> {
  try {
    return await startRepeatedly(context, hsm);
  } catch (thrown) {
    if (isLost(thrown) || context.shell.signal.aborted)
      context.note(`If the start has reached the app, the backup runs. See: mhsm-backup runs --hsm ${hsm}`);
    throw thrown;
  }
}

/** The app may have got a start that it did not answer, so a repeated one has the same key and finds its run. */
async function startRepeatedly({ connection, shell, note }: Context, hsm: string): Promise<StartedRun> {
  const api = apiAt(connection);
  const key = shell.random();
  for (const pause of PAUSES) {
    try {
      return await api.start(hsm, key);
    } catch (thrown) {
      if (!isLost(thrown) || shell.signal.aborted) throw thrown;
      note(`The start was not answered. Repeating it: the app starts one backup only. ${thrown.message}`);
      await shell.pause(thrown.failure.retryAfter ?? pause, shell.signal);
    }
  }
  return api.start(hsm, key);
}

const isLost = (thrown: unknown): thrown is ApiFailed =>
  thrown instanceof ApiFailed && thrown.failure.kind === "noAnswer";

async function follow(context: Context, started: StartedRun, timeout: number): Promise<ExitCode> {
  const { connection, shell, note } = context;
  const { hsm, id } = started;
  note(`The backup of ${hsm} was started: ${id}`);
  try {
    const progress = progressOf(hsm, await usualSecondsOf(apiAt(connection), hsm), shell);
    const record = await waitForEnd(started, connection, timeout, progress, shell);
    if (record === null) {
      note(`The timeout has come; the backup goes on. Look again: ${showCommand(started)}`);
      return TIMED_OUT;
    }
    context.print(record, showRun(record));
    return record.state === "Succeeded" ? OK : NOT_WELL;
  } catch (thrown) {
    note(`The backup goes on. Look again: ${showCommand(started)}`);
    throw thrown;
  }
}

/** Only for the progress: whatever is wrong with this answer doesn't matter. */
async function usualSecondsOf(api: Api, hsm: string): Promise<number | null> {
  try {
    return (await api.hsms()).hsms.find((each) => each.hsm === hsm)?.usualSeconds ?? null;
  } catch (thrown) {
    if (failureOf(thrown) !== undefined) return null;
    throw thrown;
  }
}
