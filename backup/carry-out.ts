import type { Deps } from "./deps.ts";
import { finishRun } from "./finish-run.ts";
import { readRecord, type Stored, writeRecord } from "./ledger.ts";
import { type PassedOn, passOn, takeBack } from "./pass-on.ts";
import { type EndedRun, isEnded, type Run, type UnendedRun } from "./run.ts";
import type { Next } from "./settle.ts";

/** Carries out what follows: the next message and record, or the record of the end and what comes with it. */
export async function carryOut(deps: Deps, was: Stored<UnendedRun>, next: Next): Promise<void> {
  if (next.kind === "end") return end(deps, was, next.run);
  const passed = await passOn(deps, was, next.run);
  await giveWay(deps, next.run, passed);
}

/** After a step whose record may have lost the race: its message is taken back; one that couldn't be sent is thrown. */
export async function giveWay(deps: Deps, run: Run, { outcome, sent }: PassedOn): Promise<void> {
  if (outcome === "lost") return void (await takeBack(deps, run, sent));
  if ("unsent" in sent) throw sent.unsent;
  // Nothing was written: the message that is being worked on comes again, a few times, and not one more each time. Also where
  // taking ours back seems to have failed: it may have taken effect, and then the one in hand is the last.
  if (outcome === "unchanged") {
    await takeBack(deps, run, sent);
    throw new Error(`The record of ${run.id} could not be written.`);
  }
}

/** What stands there waits for the message that woke us, and that is used up: the same one again. */
export async function wakeAgain(deps: Deps, { hsm, id, seq }: UnendedRun): Promise<void> {
  await deps.wakeLater({ hsm, run: id, seq }, deps.intervals.lookShortest);
}

/** Writes the end. Who loses the race finishes what ended meanwhile, or leaves a run that goes on to whoever took it on. */
async function end(deps: Deps, was: Stored<UnendedRun>, run: EndedRun): Promise<void> {
  const written = await writeRecord(deps, run, was.etag);
  if (written.outcome === "written") return finishRun(deps, run);
  const now = await readRecord(deps, run.hsm, run.id);
  if (now.outcome !== "run") return;
  if (isEnded(now.run)) return finishRun(deps, now.run);
  if (now.run.seq <= was.value.seq) await wakeAgain(deps, was.value);
}
