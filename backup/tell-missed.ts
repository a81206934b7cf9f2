import type { Card } from "./card.ts";
import type { Deps } from "./deps.ts";
import { judgeSlots } from "./due-run.ts";
import { type Instant, instantOf, isAhead, millis } from "./instant.ts";
import { type Stored, writeCard } from "./ledger.ts";
import { missed } from "./log-events.ts";
import { readOrMakeCard } from "./make-card.ts";

const RACES = 10;

/**
 * Tells the slots that passed without a verified success. They are written to the card as untold, told, and taken off
 * it: whoever dies in between is made good by the next reconcile, and two at once don't tell twice.
 */
export async function tellMissed(deps: Deps, { value: card, etag }: Stored<Card>): Promise<void> {
  const at = instantOf(deps.now());
  const judged = judgeSlots(card, deps.settings.schedule, deps.now());
  const abandoned = card.untold.filter(
    (slot) => millis(at) - millis(slot.at) > deps.intervals.startGrace || isAhead(slot.at, at),
  );
  const mine = [...abandoned.map(({ slot }) => slot), ...judged.missed];
  if (mine.length === 0 && judged.judgedUntil === card.judgedUntil) return;
  const taken = new Set(abandoned);
  const others = card.untold.filter((slot) => !taken.has(slot));
  const untold = [...others, ...mine.map((slot) => ({ slot, at }))];
  const written = await writeCard(deps, { ...card, judgedUntil: judged.judgedUntil, untold }, etag);
  if (written.outcome === "lost") return;
  for (const slot of mine) deps.log(missed(card.hsm, slot));
  if (mine.length > 0) await takeOff(deps, card.hsm, mine, at);
}

async function takeOff(deps: Deps, hsm: string, told: readonly Instant[], at: Instant): Promise<void> {
  const slots = new Set(told);
  for (let race = 0; race < RACES; race++) {
    const { value: card, etag } = await readOrMakeCard(deps, hsm);
    const untold = card.untold.filter((slot) => slot.at !== at || !slots.has(slot.slot));
    const written = await writeCard(deps, { ...card, untold }, etag);
    if (written.outcome === "written") return;
  }
}
