import type { MakeCheck, View } from "../facts.ts";
import { type Change, watchLedger } from "./ledger-model.ts";
import type { CardSeen } from "./ledger-words.ts";
import { watchSettings } from "./settings-model.ts";
import { isInWindow, MINUTE, newestSlot, RETRY_SLOT } from "./spans.ts";
import { clock, slotWords } from "./words.ts";

/** Two timers, one of them while a message still works, and the time that a call may take. */
const STARTED_WITHIN = 20 * MINUTE;

const pauseAfter = (tries: number): number =>
  tries === 0 ? 0 : (RETRY_SLOT[Math.min(tries, RETRY_SLOT.length) - 1] ?? 0);

/** A try before its pause is over, by the card's own times: those that its taker went by. */
function earlyTry({ hsm, before, card, byHand, isHandMade }: Change & { readonly kind: "card" }): string | undefined {
  const active = card?.active;
  if (!active || before === undefined || byHand || isHandMade || before.active?.id === active.id) return undefined;
  const tries = active.slot === null ? [] : before.runs.filter((run) => run.slot === active.slot);
  const due = Math.max(...tries.map(({ endedAt }) => endedAt + pauseAfter(tries.length)));
  return active.at < due
    ? `${active.id} of ${hsm} was started for its ${slotWords(active.slot)} at ${clock(active.at)}, before ${clock(due)}`
    : undefined;
}

/** `Due`: judged only when the faults have stopped, since before that each timer may have had its reason. */
export const dueSlot: MakeCheck = () => {
  const ledger = watchLedger();
  const settings = watchSettings();
  const told = new Set<string>();
  const freeSince = new Map<string, number>();

  function judge(card: CardSeen, at: number, view: View): readonly string[] {
    const slot = newestSlot(view, at);
    if (card.active !== null || card.leftAt !== null || slot === undefined || slot < card.since) return [];
    const known = card.newestSuccess === null ? card.runs : [card.newestSuccess, ...card.runs];
    if (known.some(({ state, startedAt }) => state === "Succeeded" && isInWindow(view, slot, startedAt))) return [];
    const tries = card.runs.filter((run) => run.slot === slot);
    const due = Math.max(slot, ...tries.map(({ endedAt }) => endedAt + pauseAfter(tries.length)));
    // What the card says was the time of other clocks; so is what makes a slot due.
    const by = Math.max(due, freeSince.get(card.hsm) ?? 0, view.faultsStopAt) + STARTED_WITHIN + 2 * view.largestSkew;
    const key = `${card.hsm} ${slot} ${tries.length}`;
    if (at <= by || told.has(key)) return [];
    told.add(key);
    const words = tries.length === 0 ? "was never started" : `was not tried again after ${tries.length} tries`;
    return [`slot ${clock(slot)} of ${card.hsm}, due since ${clock(due)}, ${words}`];
  }

  return {
    name: "a due slot is started, and tried again after a failure",
    see(fact, view) {
      settings.see(fact, view);
      if (fact.kind !== "timerFired") {
        const change = ledger.see(fact);
        const early = change?.kind === "card" ? earlyTry(change) : undefined;
        if (early !== undefined) return [early];
        if (change?.kind === "card" && (change.before === undefined || change.before.active !== null))
          freeSince.set(change.hsm, fact.at);
        return [];
      }
      if (fact.at < view.faultsStopAt) return [];
      return settings.settled(view).flatMap((hsm) => {
        const card = ledger.cards.get(hsm);
        return card === undefined ? [] : judge(card, fact.at, view);
      });
    },
  };
};
