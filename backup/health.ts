import { wordsOf } from "./call-failed.ts";
import type { Deps } from "./deps.ts";
import { type Freshness, freshnessOf, unknownFreshness } from "./freshness.ts";
import { readCard } from "./ledger.ts";
import type { SettingProblem } from "./settings.ts";

/** How every configured HSM stands, and what is wrong with the settings. */
export type Health = {
  readonly isHealthy: boolean;
  readonly hsms: readonly (Freshness & { readonly hsm: string; readonly problem: string | null })[];
  readonly problems: readonly SettingProblem[];
};

const NOT_SEEN = "it has no card: the timer makes one within five minutes; if it stays so, the timer doesn't run";

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
    // Only the timer makes cards. Where it never comes, or a card was lost, nothing may look healthy.
    if (read.outcome === "absent") return { hsm, ...unknownFreshness(maxAge), problem: NOT_SEEN };
    return { hsm, ...freshnessOf(read.card, maxAge, deps.now()), problem: null };
  } catch (thrown) {
    return { hsm, ...unknownFreshness(maxAge), problem: wordsOf(thrown) };
  }
}
