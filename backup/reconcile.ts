import { wordsOf } from "./call-failed.ts";
import type { Card } from "./card.ts";
import type { Deps } from "./deps.ts";
import { freshnessOf, unknownFreshness } from "./freshness.ts";
import { isHsmName } from "./hsm.ts";
import { instantOf, millis } from "./instant.ts";
import { listCards, type Stored, writeCard } from "./ledger.ts";
import { checked, stepFailed } from "./log-events.ts";
import { readOrMakeCard } from "./make-card.ts";
import type { Run } from "./run.ts";
import { inLanes } from "./side-by-side.ts";
import { admitRun, advanceSafely, prepareRun } from "./start-run.ts";
import { tellMissed } from "./tell-missed.ts";
import { tendRun } from "./tend-run.ts";

/**
 * Looks at every HSM of the settings and every card, and does what its ledger asks for: ends, wakes or starts its run,
 * tells missed slots. First all cards and messages, then side by side as many first steps as fit into the budget; the
 * queue takes the rest. One HSM's failure is logged and touches no other.
 */
export async function reconcile(deps: Deps, traceparent: string | null): Promise<void> {
  const began = millis(deps.now());
  const configured = deps.settings.hsms.map(({ name }) => name);
  const names = new Set([...configured, ...(await cardsBesides(deps))]);
  const toAdvance: Stored<Run>[] = [];
  await inLanes(deps.intervals.sideBySide, [...names], async (hsm) => {
    const run = await lookAt(deps, hsm, configured.includes(hsm), traceparent);
    if (run !== undefined) toAdvance.push(run);
  });
  const hasTime = () => millis(deps.now()) - began < deps.intervals.reconcileBudget;
  await inLanes(deps.intervals.sideBySide, toAdvance, async (run) => {
    if (hasTime()) await advanceSafely(deps, run);
  });
}

async function cardsBesides(deps: Deps): Promise<readonly string[]> {
  try {
    return (await listCards(deps)).filter(isHsmName);
  } catch (thrown) {
    deps.log(stepFailed("list the cards", {}, thrown));
    return [];
  }
}

/** One HSM: gives the run whose next step is to be taken at once. Never throws, and tells once how the HSM stands. */
async function lookAt(
  deps: Deps,
  hsm: string,
  isConfigured: boolean,
  traceparent: string | null,
): Promise<Stored<Run> | undefined> {
  let card: Card | undefined;
  let problem: string | null = null;
  let toAdvance: Stored<Run> | undefined;
  try {
    ({ value: card } = await noteSettings(deps, await readOrMakeCard(deps, hsm), isConfigured));
    if (card.active !== null) toAdvance = await tendRun(deps, hsm, card.active);
    if (isConfigured) {
      toAdvance ??= await startIfDue(deps, hsm, traceparent);
      const now = await readOrMakeCard(deps, hsm);
      card = now.value;
      await tellMissed(deps, now);
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

/** Notes on the card that its HSM has left the settings, or starts it anew where the HSM has come back. */
async function noteSettings(
  deps: Deps,
  { value: card, etag }: Stored<Card>,
  isConfigured: boolean,
): Promise<Stored<Card>> {
  if (isConfigured === (card.leftAt === null)) return { value: card, etag };
  const now = instantOf(deps.now());
  const noted = isConfigured ? { ...card, leftAt: null, since: now, judgedUntil: now } : { ...card, leftAt: now };
  const written = await writeCard(deps, noted, etag);
  return written.outcome === "written" ? { value: noted, etag: written.etag } : readOrMakeCard(deps, card.hsm);
}

async function startIfDue(deps: Deps, hsm: string, traceparent: string | null): Promise<Stored<Run> | undefined> {
  const taken = await admitRun(deps, hsm, { trigger: "schedule", traceparent });
  return taken.outcome === "taken" ? prepareRun(deps, hsm, taken.active) : undefined;
}
