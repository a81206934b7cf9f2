import type { FaultKind, MakeCheck, View } from "../facts.ts";
import { OUTAGES, UNSURE_CALLS, watchFaults } from "./fault-model.ts";
import { type Change, NEVER, watchLedger } from "./ledger-model.ts";
import { isInWindow, MINUTE, START_GRACE, slotAfter } from "./spans.ts";
import { watchSuccesses } from "./success-model.ts";
import { clock } from "./words.ts";

/** Three timers, for whoever dies between writing and telling: the slot is told by the next one after the grace. */
const TOLD_WITHIN = 15 * MINUTE;

/** What may keep a teller from taking off the card what he has told. */
const EXPLAINS: readonly FaultKind[] = [
  ...UNSURE_CALLS,
  ...OUTAGES,
  "freeze",
  "deployed",
  "deployedNewer",
  "hsmLeftSettings",
  "clockSkewed",
  "clockSetBack",
];

const LONGEST_LOOK = 10 * MINUTE;

/** Who wrote it down may have stood still for so long before he told it, when another one had done so in his place. */
const STANDSTILL = 13 * MINUTE;

/** What is known of the telling of one HSM's slot. */
type Telling = {
  claims: number;
  /** When it was last written down, and when what was last told had been. */
  claimedAt: number;
  toldClaimAt: number;
  tellings: number;
  settledAt: number;
  toldAt: number;
};
const UNTOLD: Telling = {
  claims: 0,
  claimedAt: NEVER,
  toldClaimAt: NEVER,
  tellings: 0,
  settledAt: NEVER,
  toldAt: NEVER,
};

/**
 * A slot without a verified success is told as missed, and every telling was written to the card first, as untold; so it is
 * told again only where whoever wrote that did not come to take it off the card, or where the card was lost.
 */
export const missedSlot: MakeCheck = () => {
  const ledger = watchLedger();
  const faults = watchFaults();
  const successes = watchSuccesses(ledger);
  const tellings = new Map<string, Telling>();
  const everSucceeded = new Map<string, Map<string, number>>();
  // Slots before this were judged on a card that was lost since: what became of their telling can't be known.
  const forgivenUntil = new Map<string, number>();

  const tellingOf = (hsm: string, slot: number): Telling => {
    const key = `${hsm} ${slot}`;
    const known = tellings.get(key) ?? { ...UNTOLD };
    tellings.set(key, known);
    return known;
  };

  function seeCard(change: Change & { readonly kind: "card" }, view: View): readonly string[] {
    const { hsm, before, card, at, byHand, isHandMade } = change;
    if (card === undefined) return [];
    if (byHand || isHandMade || before === undefined || before.since !== card.since)
      forgivenUntil.set(hsm, Math.max(forgivenUntil.get(hsm) ?? NEVER, card.judgedUntil));
    if (byHand) return [];
    const wrong: string[] = [];
    for (const untold of card.untold) {
      if (before?.untold.some(({ slot, at: since }) => slot === untold.slot && since === untold.at)) continue;
      const telling = tellingOf(hsm, untold.slot);
      telling.claims += 1;
      telling.claimedAt = at;
      if (card.active !== null && isInWindow(view, untold.slot, card.active.at) && telling.claims === 1)
        wrong.push(
          `slot ${clock(untold.slot)} of ${hsm} is told as missed, and ${card.active.id} may satisfy it still`,
        );
      const satisfied = successes.of(hsm).find(({ startedAt }) => isInWindow(view, untold.slot, startedAt));
      // Put back in the midst of a look, after its runs were looked for.
      const isPutBack =
        satisfied !== undefined && ledger.cardLostAt(hsm) > Math.max(satisfied.foldedAt, at - LONGEST_LOOK);
      if (satisfied !== undefined && telling.claims === 1 && !isPutBack)
        wrong.push(`slot ${clock(untold.slot)} of ${hsm} is told as missed, and ${satisfied.run} had satisfied it`);
      if (telling.settledAt > ledger.cardLostAt(hsm))
        wrong.push(
          `slot ${clock(untold.slot)} of ${hsm} is told as missed again; it was told by ${clock(telling.settledAt)}`,
        );
    }
    for (const { slot } of before?.untold ?? []) {
      const telling = tellingOf(hsm, slot);
      if (telling.tellings > 0 && !card.untold.some((untold) => untold.slot === slot)) telling.settledAt = at;
    }
    return wrong;
  }

  return {
    name: "a missed slot is told once, a satisfied one never",
    see(fact, view) {
      faults.see(fact);
      if (fact.kind === "logged") {
        const { event, hsm, slot } = fact.event;
        if (event !== "backup.missed" || typeof hsm !== "string" || typeof slot !== "string") return [];
        const telling = tellingOf(hsm, Date.parse(slot));
        telling.tellings += 1;
        // Where clocks are that far apart, what one has just claimed looks abandoned to another.
        const isUnexplained =
          2 * view.largestSkew < START_GRACE && !faults.struckSince(telling.toldAt - STANDSTILL, EXPLAINS);
        const { toldAt: before, toldClaimAt } = telling;
        telling.toldAt = fact.at;
        telling.toldClaimAt = telling.claimedAt;
        // A card that is lost before it was told doesn't know that it was written down.
        if (toldClaimAt > ledger.cardLostAt(hsm) && isUnexplained)
          return [`slot ${slot} of ${hsm} was told as missed at ${clock(before)} and again at ${clock(fact.at)}`];
        if (telling.tellings <= telling.claims) return [];
        return [
          `slot ${slot} of ${hsm} was told as missed ${telling.tellings} times, and written down ${telling.claims} times`,
        ];
      }
      const change = ledger.see(fact);
      if (change === undefined) return [];
      if (change.kind === "card") {
        const wrong = seeCard(change, view);
        successes.see(change);
        return wrong;
      }
      if (change.record?.state === "Succeeded" && !change.byHand) {
        const runs = everSucceeded.get(change.hsm) ?? new Map<string, number>();
        everSucceeded.set(change.hsm, runs.set(change.run, change.record.startedAt));
      }
      return [];
    },
    atEnd(view) {
      const wrong: string[] = [];
      for (const { hsm, since, leftAt, active } of ledger.cards.values()) {
        if (leftAt !== null || !view.hsms.includes(hsm)) continue;
        const from = Math.max(since, forgivenUntil.get(hsm) ?? NEVER);
        for (const slot of view.slotsBetween(from, view.now)) {
          const next = slotAfter(view, slot);
          const isOver = next !== undefined && next + TOLD_WITHIN + view.largestSkew < view.now;
          if (slot < from || !isOver || (active !== null && isInWindow(view, slot, active.at))) continue;
          const isSatisfied = [...(everSucceeded.get(hsm)?.values() ?? [])].some((at) => isInWindow(view, slot, at));
          if (!isSatisfied && tellingOf(hsm, slot).tellings === 0)
            wrong.push(`slot ${clock(slot)} of ${hsm} has no success and was never told as missed`);
        }
      }
      return wrong;
    },
  };
};
