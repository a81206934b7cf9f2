import { SECOND } from "../../backup/model/instant.ts";
import type { RunRecord } from "../../backup/model/run.ts";
import type { StartedRun } from "../../backup/model/views/listed-run.ts";
import { ApiFailed } from "../api-failed.ts";
import { apiAt, type Connection } from "../client.ts";
import { isPassing } from "./failure.ts";
import type { Progress } from "./progress.ts";
import { isLive, type Shell } from "./shell.ts";

const LOOK_EVERY = 5 * SECOND;
const LONGEST_PAUSE = 60 * SECOND;
/** https://nodejs.org/api/timers.html: a longer one fires at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * Looks at a run until it has ended. A failure that may pass is noted, and the app is asked again.
 * @returns its record, or null at the timeout @throws ApiFailed for a failure that lasts, or at Ctrl-C
 */
export async function waitForEnd(
  { id, hsm }: StartedRun,
  connection: Connection,
  timeout: number,
  progress: Progress,
  shell: Shell,
): Promise<RunRecord | null> {
  const limit = AbortSignal.timeout(Math.min(timeout, LONGEST_TIMER));
  const signal = AbortSignal.any([shell.signal, limit]);
  const api = apiAt({ ...connection, signal });
  const endAt = shell.now().getTime() + timeout;
  let state = "Starting";
  let isLost = false;
  try {
    for (;;) {
      let pause = LOOK_EVERY;
      try {
        const record = await api.run(hsm, id);
        if (record.endedAt !== null) return record;
        state = record.state;
        if (isLost) progress.note("The app answers again.");
        isLost = false;
      } catch (thrown) {
        if (signal.aborted || !(thrown instanceof ApiFailed) || !isPassing(thrown.failure)) throw thrown;
        if (!isLost) progress.note(`The app does not answer; the backup goes on. Asking again. ${thrown.message}`);
        isLost = true;
        pause = Math.min(LONGEST_PAUSE, thrown.failure.retryAfter ?? pause);
      }
      const next = Math.min(endAt, shell.now().getTime() + pause);
      await showUntil(next, () => progress.show(state), signal, shell);
      if (next === endAt) return null;
    }
  } catch (thrown) {
    if (limit.aborted && !shell.signal.aborted) return null;
    throw thrown;
  } finally {
    progress.end();
  }
}

/** Shows the progress, on a terminal once a second, until it is time for the next look. */
async function showUntil(next: number, show: () => void, signal: AbortSignal, shell: Shell): Promise<void> {
  const live = isLive(shell.stderr, shell.env);
  for (;;) {
    show();
    const rest = next - shell.now().getTime();
    if (rest <= 0) return;
    await shell.pause(live ? Math.min(SECOND, rest) : rest, signal);
  }
}
