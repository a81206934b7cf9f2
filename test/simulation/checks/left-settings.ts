import type { FaultKind, MakeCheck } from "../facts.ts";
import { OUTAGES, UNSURE_CALLS, watchFaults } from "./fault-model.ts";
import { watchLedger } from "./ledger-model.ts";
import { LONGEST_OUTAGE, MINUTE } from "./spans.ts";
import { clock } from "./words.ts";

/** Processes with the new settings, and two of their timers. */
const NOTED_WITHIN = 30 * MINUTE;
/** What may keep a look from coming to the card, or its note from staying there. */
const HOLDS_UP: readonly FaultKind[] = [
  ...UNSURE_CALLS,
  ...OUTAGES,
  "clockSkewed",
  "clockSetBack",
  "timerMissed",
  "timerLate",
  "deployed",
  "deployedNewer",
  "cardDamaged",
  "cardDeleted",
  "cardPutBack",
  "blobTouched",
];

/** An HSM that is no longer configured: its card says since when; if it comes back, it starts anew. */
export const leftSettings: MakeCheck = () => {
  const ledger = watchLedger();
  const faults = watchFaults();
  const leftEverywhereAt = new Map<string, number>();
  let changedAt = Number.NEGATIVE_INFINITY;
  return {
    name: "an HSM that left the settings is noted, and comes back with a new since",
    see(fact, view) {
      faults.see(fact);
      const change = ledger.see(fact);
      if (fact.kind === "settingsChanged") {
        changedAt = fact.at;
        for (const hsm of fact.hsms) leftEverywhereAt.delete(hsm);
        for (const hsm of view.hsms) {
          if (fact.isEverywhere && !fact.hsms.includes(hsm) && !leftEverywhereAt.has(hsm))
            leftEverywhereAt.set(hsm, fact.at);
        }
      }
      if (fact.kind === "timerFired" && !faults.struckSince(fact.at - LONGEST_OUTAGE, HOLDS_UP)) {
        return [...leftEverywhereAt].flatMap(([hsm, at]) => {
          if (at + NOTED_WITHIN > fact.at || ledger.cards.get(hsm)?.leftAt !== null) return [];
          leftEverywhereAt.delete(hsm);
          return [`${hsm} left the settings at ${clock(at)}, and at ${clock(fact.at)} its card doesn't say so`];
        });
      }
      if (change?.kind !== "card" || change.byHand || change.isHandMade) return [];
      const { hsm, before, card } = change;
      if (before === undefined || card === undefined) return [];
      if (before.leftAt !== null && card.leftAt === null) {
        if (card.since < before.leftAt - 2 * NOTED_WITHIN || card.since === before.since)
          return [`${hsm} came back at ${clock(fact.at)}, and its card counts since ${clock(card.since)} still`];
        return card.judgedUntil >= card.since ? [] : [`${hsm} came back, and slots from before are judged still`];
      }
      if (card.since !== before.since)
        return [`the card of ${hsm} counts since ${clock(card.since)} now; it was ${clock(before.since)}`];
      return card.judgedUntil >= before.judgedUntil
        ? []
        : [`the card of ${hsm} is judged until ${clock(card.judgedUntil)} again`];
    },
    atEnd(view) {
      if (Math.max(changedAt, view.faultsStopAt) + NOTED_WITHIN > view.now) return [];
      return [...ledger.cards.values()].flatMap(({ hsm, leftAt }) => {
        const isConfigured = view.hsms.includes(hsm);
        if (isConfigured && leftAt !== null)
          return [`${hsm} is configured, and its card says it left at ${clock(leftAt)}`];
        return isConfigured || leftAt !== null ? [] : [`${hsm} isn't configured, and its card doesn't say so`];
      });
    },
  };
};
