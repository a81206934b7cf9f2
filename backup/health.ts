import { wordsOf } from "./call-failed.ts";
import { newCard } from "./card.ts";
import type { Deps } from "./deps.ts";
import { type Freshness, freshnessOf, unknownFreshness } from "./freshness.ts";
import { instantOf } from "./instant.ts";
import { readCard } from "./ledger.ts";
import type { SettingProblem } from "./settings.ts";

/** How every configured HSM stands, and what is wrong with the settings. */
export type Health = {
  readonly isHealthy: boolean;
  readonly hsms: readonly (Freshness & { readonly hsm: string; readonly problem: string | null })[];
  readonly problems: readonly SettingProblem[];
};

/** Reads the cards only. Healthy means: every card could be read, and none is overdue. */
export async function checkHealth(deps: Deps): Promise<Health> {
  const { hsms, maxAge, problems } = deps.settings;
  const entries = await Promise.all(hsms.map(({ name }) => checkHsm(deps, name, maxAge)));
  const isHealthy = entries.every(({ isOverdue, problem }) => !isOverdue && problem === null);
  return { isHealthy, hsms: entries, problems };
}

async function checkHsm(deps: Deps, hsm: string, maxAge: number): Promise<Health["hsms"][number]> {
  try {
    const read = await readCard(deps, hsm);
    if (read.outcome === "unreadable")
      return { hsm, ...unknownFreshness(maxAge), problem: `its card can't be read: ${read.problem}` };
    // Not seen by the schedule yet: nothing is late before it was first seen.
    const card = read.outcome === "card" ? read.card : newCard(hsm, instantOf(deps.now()));
    return { hsm, ...freshnessOf(card, maxAge, deps.now()), problem: null };
  } catch (thrown) {
    return { hsm, ...unknownFreshness(maxAge), problem: wordsOf(thrown) };
  }
}
