import type { Deps, SentMessage } from "./deps.ts";
import { millis } from "./instant.ts";
import { readRecord, type Stored, writeRecord } from "./ledger.ts";
import { stepFailed } from "./log-events.ts";
import { toRecord } from "./record.ts";
import { isEnded, type Run, type UnendedRun } from "./run.ts";

/**
 * What writing a step's record came to: `written`: it stands there; `lost`: somebody else was first and goes on;
 * `unchanged`: the one before still stands there; `unknown`: nobody knows, or what stands there needs our message.
 */
export type PassedOn = {
  readonly outcome: "written" | "lost" | "unchanged" | "unknown";
  /** The message that carries the run on, or why none could be sent. */
  readonly sent: SentMessage | { readonly unsent: unknown };
};

/**
 * The end of a step: the next message goes out, then the record that it belongs to. So a crash in between leaves a message
 * that finds the record where it was. Never throws: once a message is out, it carries the run on; but where the record
 * is known to be `unchanged`, the caller takes it back, or each try would leave one more. Where none could be sent, what
 * was seen is still written, under the old number; the caller throws `unsent` when it has done its part, and the message
 * that is being worked on comes again.
 */
export async function passOn(deps: Deps, was: Stored<Run>, next: UnendedRun): Promise<PassedOn> {
  const seq = was.value.seq + 1;
  try {
    const delay = Math.max(0, millis(next.nextAt) - millis(deps.now()));
    const sent = await deps.wakeLater({ hsm: next.hsm, run: next.id, seq }, delay);
    const run = { ...next, seq, messageId: sent.id };
    return { outcome: await write(deps, run, was.etag, was.value.seq, (stands) => stands.messageId === sent.id), sent };
  } catch (unsent) {
    const { seq: oldSeq, messageId } = was.value;
    const run = { ...next, seq: oldSeq, messageId };
    return { outcome: await write(deps, run, was.etag, oldSeq, (stands) => isSame(stands, run)), sent: { unsent } };
  }
}

/** A lost ETag, or a write whose answer was lost, is judged by reading again: is it mine, what stands there? */
async function write(
  deps: Deps,
  run: UnendedRun,
  etag: string,
  usedUp: number,
  isMine: (stands: Run) => boolean,
): Promise<PassedOn["outcome"]> {
  try {
    const written = await writeRecord(deps, run, etag);
    if (written.outcome === "written") return "written";
  } catch (thrown) {
    deps.log(stepFailed("write the record", { hsm: run.hsm, run: run.id }, thrown));
  }
  try {
    const now = await readRecord(deps, run.hsm, run.id);
    if (now.outcome !== "run") return "lost";
    if (now.etag === etag) return "unchanged";
    if (isMine(now.run)) return "written";
    // What stands there waits for a message no newer than the one that woke us: ours has to carry it on.
    return !isEnded(now.run) && now.run.seq <= usedUp ? "unknown" : "lost";
  } catch (thrown) {
    deps.log(stepFailed("read the record again", { hsm: run.hsm, run: run.id }, thrown));
    return "unknown";
  }
}

const isSame = (a: Run, b: Run): boolean => JSON.stringify(toRecord(a)) === JSON.stringify(toRecord(b));

/** Takes a message back, so that chains don't multiply; tells whether it did. One that stays is dropped later as a duplicate. */
export async function takeBack(deps: Deps, run: Run, sent: PassedOn["sent"]): Promise<boolean> {
  if ("unsent" in sent) return false;
  try {
    await deps.takeBack(sent);
    return true;
  } catch (thrown) {
    deps.log(stepFailed("take a message back", { hsm: run.hsm, run: run.id }, thrown));
    return false;
  }
}
