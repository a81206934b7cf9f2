import { wordsOf } from "./call-failed.ts";
import type { ActiveRun, Card } from "./card.ts";
import type { Deps } from "./deps.ts";
import { dueRun } from "./due-run.ts";
import { findStrays, tendStray } from "./find-strays.ts";
import { freshnessOf, unknownFreshness } from "./freshness.ts";
import { isHsmName } from "./hsm.ts";
import { type Instant, instantOf, isAhead, MINUTE, millis } from "./instant.ts";
import { listCards, type Stored, writeCard } from "./ledger.ts";
import { checked, stepFailed } from "./log-events.ts";
import { readOrMakeCard } from "./make-card.ts";
import { isEndState, type Run } from "./run.ts";
import { inLanes } from "./side-by-side.ts";
import { admitRun, advanceSafely, prepareRun } from "./start-run.ts";
import { tellMissed } from "./tell-missed.ts";
import { tendRun } from "./tend-run.ts";
import { inStep, stepOf } from "./trace-step.ts";

/**
 * Looks at every HSM of the settings and every card, and does what its ledger asks for: ends, wakes or starts its run,
 * tells missed slots. First all cards and messages, then side by side as many first steps as fit into the budget; the
 * queue takes the rest. One HSM's failure is logged and touches no other.
 */
export async function reconcile(deps: Deps, traceparent: string | null): Promise<void> {
  const began = millis(deps.now());
  const configured = deps.settings.hsms.map(({ name }) => name);
  const names = new Set([...configured, ...(await cardsBesides(deps))]);
  const hasTime = (limit: number) => millis(deps.now()) - began < limit;
  const { sideBySide, reconcileLimit, reconcileBudget } = deps.intervals;
  const toAdvance: Stored<Run>[] = [];
  await inLanes(sideBySide, turned([...names], began, sideBySide), async (hsm) => {
    const isConfigured = configured.includes(hsm);
    if (hasTime(reconcileLimit)) toAdvance.push(...(await lookAt(deps, hsm, isConfigured, traceparent)));
    else if (isConfigured) deps.log(checked(hsm, unknownFreshness(deps.settings.maxAge), NO_TIME));
  });
  await inLanes(sideBySide, toAdvance, async (run) => {
    if (hasTime(reconcileBudget)) await inStep(deps, stepOf("advance", run.value), () => advanceSafely(deps, run));
  });
}

const NO_TIME = "the ledger is so slow that this look had no time left for it";
const TURN = 5 * MINUTE;

/** Begins with other HSMs each time: where time never suffices for all, it isn't always the same ones that go without. */
function turned(names: readonly string[], at: number, stride: number): readonly string[] {
  const first = names.length === 0 ? 0 : (Math.floor(at / TURN) * stride) % names.length;
  return [...names.slice(first), ...names.slice(0, first)];
}

async function cardsBesides(deps: Deps): Promise<readonly string[]> {
  try {
    return (await listCards(deps)).filter(isHsmName);
  } catch (thrown) {
    deps.log(stepFailed("list the cards", {}, thrown));
    return [];
  }
}

/** One HSM: gives the runs whose next step is to be taken at once. Never throws, and tells once how the HSM stands. */
async function lookAt(
  deps: Deps,
  hsm: string,
  isConfigured: boolean,
  traceparent: string | null,
): Promise<readonly Stored<Run>[]> {
  let card: Card | undefined;
  let problem: string | null = null;
  const toAdvance: Stored<Run>[] = [];
  try {
    let now = await noteSettings(deps, await readOrMakeCard(deps, hsm), isConfigured);
    card = now.value;
    // First: a card that somebody put back from an older copy says that slots are due which were backed up since.
    const strays = await tendStrays(deps, card);
    toAdvance.push(...strays.toAdvance);
    if (strays.hasEnded) {
      now = await readOrMakeCard(deps, hsm);
      card = now.value;
    }
    const tended = card.active === null ? undefined : await tend(deps, hsm, card.active);
    if (tended !== undefined) toAdvance.push(tended);
    if (isConfigured) {
      const isIdle = card.active === null && !isDue(deps, card);
      const started = isIdle || tended !== undefined ? undefined : await startIfDue(deps, hsm, traceparent);
      if (started !== undefined) toAdvance.push(started);
      // Only what may have changed meanwhile is read again: most looks find nothing to do.
      if (!isIdle) now = await readOrMakeCard(deps, hsm);
      card = now.value;
      if (strays.areKnown) await tellMissed(deps, now);
    }
  } catch (thrown) {
    deps.log(stepFailed("reconcile", { hsm }, thrown));
    problem = wordsOf(thrown);
  }
  const { maxAge } = deps.settings;
  const freshness = card === undefined ? unknownFreshness(maxAge) : freshnessOf(card, maxAge, deps.now());
  if (isConfigured) deps.log(checked(hsm, freshness, problem));
  return toAdvance;
}

/** A look at a run that is followed well is no step of it: only what reconcile does for a run belongs in its trace. */
const tend = (deps: Deps, hsm: string, active: ActiveRun): Promise<Stored<Run> | undefined> =>
  inStep(deps, { name: "tend", hsm, run: active.id, seq: null, known: active, isKept: "ifItWrote" }, () =>
    tendRun(deps, hsm, active),
  );

type Strays = {
  readonly toAdvance: readonly Stored<Run>[];
  readonly hasEnded: boolean;
  /** False where looking failed: what the card says is missing may not be. */
  readonly areKnown: boolean;
};

/**
 * The oldest first, so that their results come onto the card in their order. What fails here holds up no backup: one too
 * many is better than none; but telling that one is missing can wait for the next look.
 */
async function tendStrays(deps: Deps, card: Card): Promise<Strays> {
  const toAdvance: Stored<Run>[] = [];
  let hasEnded = false;
  let areKnown = true;
  try {
    for (const stray of (await findStrays(deps, card)).toReversed()) {
      const run = await tendStray(deps, stray);
      if (run !== undefined) toAdvance.push(run);
      hasEnded ||= isEndState(stray.state);
    }
  } catch (thrown) {
    deps.log(stepFailed("look for runs that the card doesn't know", { hsm: card.hsm }, thrown));
    areKnown = false;
  }
  return { toAdvance, hasEnded, areKnown };
}

const isDue = ({ settings, intervals, now }: Deps, card: Card): boolean =>
  dueRun(card, settings.schedule, now(), intervals) !== undefined;

/** Notes on the card that its HSM has left the settings, or starts it anew where the HSM has come back. */
async function noteSettings(
  deps: Deps,
  { value: card, etag }: Stored<Card>,
  isConfigured: boolean,
): Promise<Stored<Card>> {
  const now = instantOf(deps.now());
  const noted = withSettings(card, isConfigured, now);
  if (noted === card) return { value: card, etag };
  const written = await writeCard(deps, noted, etag);
  return written.outcome === "written" ? { value: noted, etag: written.etag } : readOrMakeCard(deps, card.hsm);
}

function withSettings(card: Card, isConfigured: boolean, now: Instant): Card {
  if (!isConfigured) return card.leftAt === null ? { ...card, leftAt: now } : card;
  if (card.leftAt !== null) return { ...card, leftAt: null, since: now, judgedUntil: now };
  // Until that day nothing would be due, or told as missed.
  const since = isAhead(card.since, now) ? now : card.since;
  const judgedUntil = isAhead(card.judgedUntil, now) ? now : card.judgedUntil;
  return since === card.since && judgedUntil === card.judgedUntil ? card : { ...card, since, judgedUntil };
}

async function startIfDue(deps: Deps, hsm: string, traceparent: string | null): Promise<Stored<Run> | undefined> {
  const taken = await admitRun(deps, hsm, { trigger: "schedule", traceparent });
  if (taken.outcome !== "taken") return undefined;
  const { active } = taken;
  const step = { name: "start", hsm, run: active.id, seq: null, known: active } as const;
  return inStep(deps, step, () => prepareRun(deps, hsm, active));
}
