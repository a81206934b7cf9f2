import { advance } from "./advance.ts";
import { createRecord } from "./create-record.ts";
import type { Deps } from "./deps.ts";
import { type FollowMessage, readMessage } from "./follow-message.ts";
import { readCard, readRecord, type Stored } from "./ledger.ts";
import { dropped, leftAlone } from "./log-events.ts";
import { isEnded, type Run } from "./run.ts";
import { inStep } from "./trace-step.ts";

/**
 * Takes up the run that a message wakes, from wherever its record stands. A message that isn't ours, is older than the
 * record, or wakes a run that nobody knows is logged and dropped: nothing is lost, since reconcile wakes what needs it.
 */
export async function followRun(deps: Deps, body: unknown): Promise<void> {
  const read = readMessage(body);
  if (read.outcome === "newer") return deps.log(dropped(`it is of a newer version, ${read.version}`));
  if (read.outcome === "foreign") return deps.log(dropped(`it is not a message of this app: ${read.problem}`));
  const { message } = read;
  await inStep(deps, { name: "follow", ...message }, () => follow(deps, message));
}

async function follow(deps: Deps, message: FollowMessage): Promise<void> {
  const stored = await takeUp(deps, message);
  if (stored === undefined) return;
  if (message.seq < stored.value.seq && !isEnded(stored.value)) {
    return deps.log(dropped(`the record is at ${stored.value.seq} already`, message));
  }
  await advance(deps, wokenBy(stored, message.seq));
}

/** A record is never further behind its message than a row of failed writes leaves it. */
const MOST_AHEAD = 100;

/**
 * The record of a message that is ahead of it: the write that belongs to the message failed, or is still under way. It
 * counts as waiting for this very message, so that whoever loses against that write knows whose message was used up.
 */
function wokenBy({ value: run, etag }: Stored<Run>, seq: number): Stored<Run> {
  return isEnded(run) || seq > run.seq + MOST_AHEAD ? { value: run, etag } : { value: { ...run, seq }, etag };
}

/** The record that a message wakes, made from the card where a crash came before it. Undefined: nothing to take up here. */
async function takeUp(deps: Deps, message: FollowMessage): Promise<Stored<Run> | undefined> {
  const record = await readRecord(deps, message.hsm, message.run);
  switch (record.outcome) {
    case "run":
      return { value: record.run, etag: record.etag };
    case "newer":
      deps.log(leftAlone(message.hsm, message.run, record.version));
      return undefined;
    case "unreadable":
    case "tooLarge":
      // Reconcile makes it good: it has the card in hand, and does so once.
      deps.log(dropped(`its record can't be read: ${record.problem}`, message));
      return undefined;
    case "absent": {
      const card = await readCard(deps, message.hsm);
      const active = card.outcome === "card" ? card.card.active : null;
      if (active?.id === message.run) return createRecord(deps, message.hsm, active);
      deps.log(dropped("no run waits for it", message));
      return undefined;
    }
  }
}
