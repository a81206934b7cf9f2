import { carryOut, giveWay, wakeAgain } from "./carry-out.ts";
import type { BackupTarget, Deps } from "./deps.ts";
import type { Hsm } from "./hsm.ts";
import { instantOf, isAhead, millis } from "./instant.ts";
import type { StartedJob } from "./job-report.ts";
import { keepJob } from "./keep-job.ts";
import { readRecord, type Stored, writeRecord } from "./ledger.ts";
import { refused, started } from "./log-events.ts";
import { passOn } from "./pass-on.ts";
import { type Attempt, type AttemptOutcome, isEnded, type RunningRun, type StartingRun } from "./run.ts";
import { clockOf, seen } from "./seen.ts";
import type { Seen } from "./settle.ts";
import { afterAccepted, afterNoStart, afterPreparing, afterRefused } from "./settle-start.ts";

/** A run keeps that many of its newest attempts: a busy HSM can be asked for days. */
const KEPT_ATTEMPTS = 50;

/** No job yet: the container and the right to write there, then the claim, then the POST, then its outcome. */
export async function attemptStart(deps: Deps, hsm: Hsm, stored: Stored<StartingRun>): Promise<void> {
  const run = stored.value;
  if (millis(deps.now()) >= millis(run.deadlineAt)) return carryOut(deps, stored, afterNoStart(run, clockOf(deps)));
  if (await leftToOthers(deps, run)) return;
  const prepared = await seen(() => deps.prepareTarget(run.container), "prepare the container", run.container);
  if ("failure" in prepared) {
    const next = afterPreparing(run, prepared.failure, clockOf(deps));
    deps.log(refused(next.run, prepared.failure));
    return carryOut(deps, stored, next);
  }
  const claimed = await claim(deps, stored);
  if (claimed !== undefined) await start(deps, hsm, claimed, prepared.value);
}

/** A start that nobody answered for yet may still be under way: the same message again, for when it can't be any more. */
async function leftToOthers(deps: Deps, run: StartingRun): Promise<boolean> {
  const newest = run.attempts.at(-1);
  if (newest === undefined || newest.outcome !== null) return false;
  const now = deps.now();
  const left = millis(newest.at) + deps.intervals.startGrace - millis(now);
  if (left <= 0 || isAhead(newest.at, now)) return false;
  await deps.wakeLater({ hsm: run.hsm, run: run.id, seq: run.seq }, left);
  return true;
}

/** Writes the attempt without outcome before the POST, under the ETag. Undefined: somebody else is at it. */
async function claim(deps: Deps, { value: run, etag }: Stored<StartingRun>): Promise<Stored<StartingRun> | undefined> {
  const attempt: Attempt = { id: deps.newId(), at: instantOf(deps.now()), outcome: null };
  const unanswered = run.attempts.map((older) =>
    older.outcome === null ? answered(older, "unknown", null, attempt.at) : older,
  );
  // The account may have been changed since the run was made: the backup goes where the settings say now.
  const { storageUrl } = deps.settings;
  const claimed: StartingRun = { ...run, storageUrl, attempts: [...unanswered, attempt].slice(-KEPT_ATTEMPTS) };
  let failed: unknown;
  try {
    const written = await writeRecord(deps, claimed, etag);
    if (written.outcome === "written") return { value: claimed, etag: written.etag };
  } catch (thrown) {
    failed = thrown;
  }
  const now = await readRecord(deps, run.hsm, run.id);
  if (now.outcome === "run" && isEnded(now.run)) return undefined;
  // As it stands there now: who was answered late may find that others took the run on with this claim in it.
  const isMine = now.outcome === "run" && now.run.state === "Starting" && now.run.attempts.at(-1)?.id === attempt.id;
  if (isMine) return { value: now.run, etag: now.etag };
  if (failed !== undefined) throw failed;
  if (now.outcome === "run" && now.run.seq <= run.seq) await wakeAgain(deps, run);
  return undefined;
}

async function start(deps: Deps, hsm: Hsm, claimed: Stored<StartingRun>, target: BackupTarget): Promise<void> {
  const posted = await seen(() => deps.startFullBackup(hsm, target), "start a full backup", hsm.name);
  const run = withOutcome(claimed.value, posted, deps.now());
  if ("value" in posted) return passOnJob(deps, claimed, afterAccepted(run, posted.value, clockOf(deps)));
  const next = afterRefused(run, posted.failure, clockOf(deps));
  deps.log(refused(next.run, posted.failure));
  return carryOut(deps, claimed, next);
}

/** Whoever holds a 202 doesn't give way before its job is in the record, or can't be. */
async function passOnJob(deps: Deps, claimed: Stored<StartingRun>, run: RunningRun): Promise<void> {
  deps.log(started(run));
  const passed = await passOn(deps, claimed, run);
  if (passed.outcome !== "written") await keepJob(deps, run);
  await giveWay(deps, run, passed);
}

function withOutcome(run: StartingRun, posted: Seen<StartedJob>, now: Date): StartingRun {
  const [code, status] = "value" in posted ? ["accepted", 202] : [posted.failure.code, posted.failure.status];
  const newest = run.attempts.at(-1);
  const attempts = run.attempts.map((attempt) =>
    attempt === newest ? answered(attempt, code, status, instantOf(now)) : attempt,
  );
  return { ...run, attempts };
}

const answered = (attempt: Attempt, code: string, status: number | null, at: string): Attempt => {
  const outcome: AttemptOutcome = { code, status, at };
  return { ...attempt, outcome };
};
