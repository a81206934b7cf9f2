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
  if (outcome === "lost") return takeBack(deps, run, sent);
  if ("unsent" in sent) throw sent.unsent;
}

/** Writes the end. Who loses the race finishes what ended meanwhile, or leaves a run that goes on to whoever took it on. */
async function end(deps: Deps, was: Stored<UnendedRun>, run: EndedRun): Promise<void> {
  const written = await writeRecord(deps, run, was.etag);
  if (written.outcome === "written") return finishRun(deps, run);
  const now = await readRecord(deps, run.hsm, run.id);
  if (now.outcome === "run" && isEnded(now.run)) await finishRun(deps, now.run);
}
