import type { Fact, MakeCheck, View } from "../facts.ts";
import { watchFaults } from "./fault-model.ts";
import { NEVER, watchLedger } from "./ledger-model.ts";
import { LONGEST_FREEZE, MINUTE, SECOND } from "./spans.ts";
import { clock } from "./words.ts";

/** A look reads the card, does what is due, and tells; each call of it may take 30 s. */
const LOOK_TAKES = 10 * MINUTE;

type Known = {
  readonly since: Map<string, number>;
  readonly successes: Map<string, Map<string, number>>;
  readonly activeUntil: Map<string, number>;
};

/** What the alarms read may be worse than the truth, never better. */
export const checkedTruth: MakeCheck = () => {
  const ledger = watchLedger();
  const faults = watchFaults();
  const known: Known = { since: new Map(), successes: new Map(), activeUntil: new Map() };

  function problemOf(
    { event, host, at }: Fact & { readonly kind: "logged" },
    hsm: string,
    view: View,
  ): string | undefined {
    const { newestSuccess, newestSuccessRun, ageSeconds, limitSeconds, isOverdue, running } = event;
    const successes = known.successes.get(hsm);
    if (typeof newestSuccessRun === "string" && typeof newestSuccess === "string") {
      const startedAt = successes?.get(newestSuccessRun);
      if (startedAt === undefined) return `calls ${newestSuccessRun} a success`;
      if (startedAt !== Date.parse(newestSuccess))
        return `says ${newestSuccessRun} was started at ${newestSuccess}, not at ${clock(startedAt)}`;
    }
    if (isOverdue === false) {
      const base = Math.max(known.since.get(hsm) ?? NEVER, ...(successes?.values() ?? []));
      const limit = typeof limitSeconds === "number" ? limitSeconds * SECOND : 0;
      if (typeof ageSeconds !== "number" || ageSeconds * SECOND > limit + SECOND)
        return `says ${ageSeconds} s is within the limit of ${limitSeconds} s`;
      if (at - base > limit + view.largestSkew + SECOND)
        return `doesn't say that the HSM is overdue since ${clock(base + limit)}`;
      if (at - ageSeconds * SECOND > base + view.largestSkew + SECOND)
        return `says the newest success is ${ageSeconds} s old; it was started at ${clock(base)}`;
    }
    if (typeof running === "string") {
      const until = known.activeUntil.get(`${hsm} ${running}`);
      if (until === undefined) return `says ${running} runs, which was never on the card`;
      // A process may stand still more than once while it looks.
      const freezes = Math.max(1, faults.countOfHost(host, until - LONGEST_FREEZE, "freeze"));
      if (until + LOOK_TAKES + freezes * LONGEST_FREEZE < at)
        return `says ${running} runs, which gave the card back at ${clock(until)}`;
    }
    return undefined;
  }

  return {
    name: "backup.checked tells nothing better than the truth",
    see(fact, view) {
      faults.see(fact);
      if (fact.kind === "logged") {
        const { event, hsm } = fact.event;
        if (event !== "backup.checked" || typeof hsm !== "string") return [];
        const problem = problemOf(fact, hsm, view);
        return problem === undefined ? [] : [`backup.checked of ${hsm} at ${clock(fact.at)} ${problem}`];
      }
      const change = ledger.see(fact);
      if (change?.kind === "record" && change.record?.state === "Succeeded") {
        const of = known.successes.get(change.hsm) ?? new Map<string, number>();
        known.successes.set(change.hsm, of.set(change.run, change.record.startedAt));
      }
      if (change?.kind === "card") {
        const { hsm, card, before } = change;
        if (before?.active) known.activeUntil.set(`${hsm} ${before.active.id}`, fact.at);
        if (card?.active) known.activeUntil.set(`${hsm} ${card.active.id}`, Number.POSITIVE_INFINITY);
        if (card) known.since.set(hsm, Math.max(card.since, known.since.get(hsm) ?? NEVER));
      }
      return [];
    },
  };
};
