import { afterListing, afterLook } from "../decide/after-look.ts";
import { afterNoStart, afterPreparation, afterStart } from "../decide/after-start.ts";
import { type Clock, isOver } from "../decide/next-look.ts";
import { readState, type StoredState, writeState } from "../ledger/ledger.ts";
import { CallFailed, type CallFailure, failureOf, type Outcome } from "../model/call-failed.ts";
import { dropped, followed, refused, started, stepFailed } from "../model/events.ts";
import { after, type Instant, instantOf } from "../model/instant.ts";
import { messageSchema } from "../model/message.ts";
import { type Attempt, type InProgressRun, isEnded, type Run, type StartingRun } from "../model/run.ts";
import { parseVersioned, SCHEMA_VERSION } from "../model/validation.ts";
import type { CountedBlobs, Ports } from "../ports.ts";
import { publish } from "./publish.ts";

/** How many of its newest attempts a run keeps: an HSM can be busy for days. */
const KEPT_ATTEMPTS = 50;

/** Takes the step that a message asks for. An old message, or one that the app did not write, changes nothing. */
export async function followMessage(ports: Ports, body: unknown): Promise<void> {
  const parsed = parseVersioned(messageSchema, body, "message");
  if (parsed.outcome !== "valid") return ports.log(dropped("warning", parsed.problem));
  const message = parsed.value;
  const read = await readState(ports, message.hsm);
  if (read.outcome !== "state") return ports.log(dropped("warning", `the state is ${read.outcome}`, message));
  const run = read.state.active;
  if (run?.id !== message.run || run.seq !== message.seq)
    return ports.log(dropped("information", "it is old: the run has moved on or has ended", message));
  await takeStep(ports, read);
}

/** Takes the next step of the active run: one call to the HSM or to storage, one decision, one write, one message. */
export async function takeStep(ports: Ports, stored: StoredState): Promise<void> {
  const run = stored.state.active;
  if (run === null) return;
  // A step reads the clock once and uses this `now` throughout.
  const clock: Clock = {
    now: ports.now(),
    intervals: ports.intervals,
    jobSeconds: stored.state.jobSeconds ?? [],
  };
  if (isEnded(run)) await publish(ports, stored);
  else if (run.state === "Starting") await attemptStart(ports, stored, run, clock);
  else await lookAtJob(ports, stored, run, clock);
}

/** No job yet: prepares the container and the SAS, writes the claim, sends the POST. */
async function attemptStart(ports: Ports, stored: StoredState, run: StartingRun, clock: Clock): Promise<void> {
  if (isOver(run, clock)) return advance(ports, stored, afterNoStart(run, clock));
  const target = await tryCall(ports, run, "prepare the container", run.container, () =>
    ports.prepareTarget(run.container),
  );
  if ("failure" in target) {
    const next = afterPreparation(run, target.failure, clock);
    ports.log(refused(next, target.failure));
    return advance(ports, stored, next);
  }
  // The claim: an attempt without an outcome is stored before the POST. Another process finds that its seq is old.
  const claim = withClaim(run, ports.settings.storageUrl, clock);
  const claimed = await writeRun(ports, stored, claim);
  if (claimed === undefined) return;
  const hsm = { name: run.hsm, url: run.hsmUrl };
  const posted = await tryCall(ports, run, "start a full backup", run.hsm, () =>
    ports.startFullBackup(hsm, target.value),
  );
  const next = afterStart(withOutcome(claim, posted, clock), posted, clock);
  if ("failure" in posted) ports.log(refused(next, posted.failure));
  else if (next.state === "InProgress") ports.log(started(next));
  return advance(ports, claimed, next);
}

/** Gets the status of the job and, if the HSM reports success, counts the blobs in its folder. */
async function lookAtJob(ports: Ports, stored: StoredState, run: InProgressRun, clock: Clock): Promise<void> {
  const hsm = { name: run.hsm, url: run.hsmUrl };
  const seen = await tryCall(ports, run, "look at a backup job", run.hsm, () => ports.getBackupStatus(hsm, run.jobId));
  const looked = afterLook(run, seen, clock);
  if (!("folder" in looked)) return logAndAdvance(ports, stored, looked, seen);
  const counted = await countBlobs(ports, run, looked.folder);
  return logAndAdvance(ports, stored, afterListing(looked, counted, clock), counted);
}

function logAndAdvance(ports: Ports, stored: StoredState, next: Run, seen: Outcome<unknown>): Promise<void> {
  if (!isEnded(next)) ports.log(followed(next, "failure" in seen ? seen.failure : null));
  return advance(ports, stored, next);
}

/** Only the account in the settings can be listed. Blobs there prove nothing about a backup in another account. */
async function countBlobs(ports: Ports, run: InProgressRun, folder: string): Promise<Outcome<CountedBlobs>> {
  const { storageUrl, container } = run;
  const operation = "count the blobs of a backup";
  if (storageUrl === ports.settings.storageUrl)
    return tryCall(ports, run, operation, container, () => ports.countBlobs(container, folder));
  const failure: CallFailure = {
    operation,
    target: container,
    reason: "noAnswer",
    status: null,
    code: "storageChanged",
    remedy: `This backup went to ${storageUrl}: set BACKUP_STORAGE_URL back to it until the run has ended.`,
  };
  return { failure };
}

/** Writes the decision, then sends the message for the next step. An end is published instead. */
async function advance(ports: Ports, stored: StoredState, next: Run): Promise<void> {
  const written = await writeRun(ports, stored, next);
  if (written === undefined) return;
  if (isEnded(next)) await publish(ports, written);
  else await sendMessage(ports, written);
}

/** Writes the run under the state's ETag, with the next seq. Undefined: another process was first and continues. */
async function writeRun(ports: Ports, { state, etag }: StoredState, run: Run): Promise<StoredState | undefined> {
  const next = { ...state, active: { ...run, seq: (state.active?.seq ?? 0) + 1 } };
  const written = await writeState(ports, next, etag);
  return written.outcome === "lost" ? undefined : { state: next, etag: written.etag };
}

/**
 * Sends the message of a written state. A failure is logged, not thrown: the timer takes the steps of unattended runs.
 */
export async function sendMessage(ports: Ports, { state }: StoredState, visibleAt?: Instant): Promise<void> {
  const run = state.active;
  if (run === null) return;
  const at = visibleAt ?? run.nextAt;
  const message = { schemaVersion: SCHEMA_VERSION, hsm: run.hsm, run: run.id, seq: run.seq };
  try {
    await ports.sendMessage(message, at, after(at, ports.intervals.unattendedAfter));
  } catch (thrown) {
    ports.log(stepFailed("send a message", message, thrown));
  }
}

/** The account in the settings may have changed since the reservation. The backup goes to the current one. */
function withClaim(run: StartingRun, storageUrl: string, { now }: Clock): StartingRun {
  const at = instantOf(now);
  const known = run.attempts.map((each) => (each.outcome === null ? answered(each, "unknown", null, at) : each));
  const attempts = [...known, { at, outcome: null }].slice(-KEPT_ATTEMPTS);
  return { ...run, storageUrl, attempts, nextAt: at };
}

function withOutcome(run: StartingRun, posted: Outcome<unknown>, { now }: Clock): StartingRun {
  const { code, status } = "failure" in posted ? posted.failure : { code: "accepted", status: 202 };
  const last = run.attempts.length - 1;
  const attempts = run.attempts.map((each, index) =>
    index === last ? answered(each, code, status, instantOf(now)) : each,
  );
  return { ...run, attempts };
}

const answered = (each: Attempt, code: string, status: number | null, at: Instant): Attempt => ({
  ...each,
  outcome: { code, status, at },
});

/** Makes a call and catches its failure, so that a decision can follow from it. A bug is logged with its stack. */
async function tryCall<T>(
  ports: Ports,
  { hsm, id }: Run,
  operation: string,
  target: string,
  call: () => Promise<T>,
): Promise<Outcome<T>> {
  try {
    return { value: await call() };
  } catch (thrown) {
    const isBug = !(thrown instanceof CallFailed) || thrown.cause !== undefined;
    if (isBug) ports.log(stepFailed(operation, { hsm, run: id }, thrown));
    return { failure: failureOf(thrown, operation, target) };
  }
}
