import type { FaultKind, MakeCheck, View } from "../facts.ts";
import { watchLedger } from "./ledger-model.ts";
import { isInWindow, MINUTE, newestSlot } from "./spans.ts";
import { clock } from "./words.ts";

/** Faults of one HSM, whose words name it. */
const OF_ONE_HSM: ReadonlySet<FaultKind> = new Set<FaultKind>([
  "hsmUnreachable",
  "jobLost",
  "jobFails",
  "jobCanceled",
  "jobNeverEnds",
  "emptyFolder",
  "foreignFolder",
  "startRefused",
  "someoneElsesBackup",
  "recordDamaged",
  "recordDeleted",
  "cardDamaged",
  "cardDeleted",
  "cardPutBack",
  "blobTouched",
  "hsmLeftSettings",
]);
/** Four timers. */
const STARTED_WITHIN = 20 * MINUTE;
/** A backup of the largest HSM, with everything around it. */
const LONGEST_RUN = 60 * MINUTE;

/** Invariant 6, judged for as long as a world has had no trouble but that of other HSMs. */
export const neighbours: MakeCheck = () => {
  const ledger = watchLedger();
  const troubled = new Set<string>();
  const told = new Set<string>();
  let isQuiet = true;

  function problemOf(hsm: string, at: number, view: View): string | undefined {
    const slot = newestSlot(view, at);
    const card = ledger.cards.get(hsm);
    if (slot === undefined || card === undefined || slot < card.since) return undefined;
    // A run that began before the slot, by hand, has the card until it ends.
    const freeSince = card.runs.reduce((latest, { endedAt }) => Math.max(latest, endedAt), slot);
    if (card.active === null && at <= freeSince + STARTED_WITHIN) return undefined;
    if (card.active !== null)
      return at > card.active.at + LONGEST_RUN ? `${card.active.id} of ${hsm} runs still` : undefined;
    const known = card.runs.some(({ state, startedAt }) => state === "Succeeded" && isInWindow(view, slot, startedAt));
    return known ? undefined : `slot ${clock(slot)} of ${hsm} has no success and no run`;
  }

  return {
    name: "one HSM's trouble neither delays nor fails another",
    see(fact, view) {
      if (fact.kind === "fault") {
        const named = OF_ONE_HSM.has(fact.fault) ? view.hsms.filter((hsm) => fact.what.includes(hsm)) : [];
        for (const hsm of named) troubled.add(hsm);
        isQuiet &&= named.length > 0;
      }
      ledger.see(fact);
      if (fact.kind !== "timerFired" || !isQuiet || troubled.size === 0) return [];
      return view.hsms.flatMap((hsm) => {
        const problem = troubled.has(hsm) ? undefined : problemOf(hsm, fact.at, view);
        if (problem === undefined || told.has(problem)) return [];
        told.add(problem);
        return [`${problem} at ${clock(fact.at)}, and only ${[...troubled].join(", ")} had trouble`];
      });
    },
  };
};
