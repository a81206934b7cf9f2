import type { MakeCheck } from "../facts.ts";
import { watchFaults } from "./fault-model.ts";
import { NEVER, watchLedger } from "./ledger-model.ts";
import { watchSettings } from "./settings-model.ts";
import { LONGEST_FREEZE, MINUTE, SECOND } from "./spans.ts";
import { clock } from "./words.ts";

const HEALTHY = 200;
/** Health reads the cards side by side, each within 30 s, and answers. */
const ANSWER_TAKES = MINUTE;

/** Invariant behind every alarm: nothing that is wrong, or unknown, looks healthy. */
export const healthTruth: MakeCheck = () => {
  const ledger = watchLedger();
  const faults = watchFaults();
  const bases = new Map<string, number>();
  const settings = watchSettings();
  let deletedAt: number | null = null;

  return {
    name: "health answers 200 only where no HSM is overdue and the ledger is there",
    see(fact, view) {
      faults.see(fact);
      settings.see(fact, view);
      switch (fact.kind) {
        case "ledgerMade":
          deletedAt = null;
          return [];
        case "healthAnswered": {
          if (fact.status !== HEALTHY) return [];
          const froze = faults.struckSince(fact.at - LONGEST_FREEZE - ANSWER_TAKES, ["freeze"]);
          const readAt = fact.at - ANSWER_TAKES - (froze ? LONGEST_FREEZE : 0);
          if (deletedAt !== null && deletedAt < readAt)
            return [`health answered 200 at ${clock(fact.at)}; the ledger was deleted at ${clock(deletedAt)}`];
          const limits = limitsOf(fact.body);
          const expected = settings.neverLeft(view);
          return view.hsms.flatMap((hsm) => {
            const limit = limits.get(hsm);
            if (limit === undefined)
              return expected.includes(hsm) ? [`health answered 200 at ${clock(fact.at)} without ${hsm}`] : [];
            if (!ledger.cards.has(hsm) && ledger.cardLostAt(hsm) < readAt)
              return [`health answered 200 at ${clock(fact.at)}; ${hsm} has no card that could be read`];
            const overdueAt = (bases.get(hsm) ?? NEVER) + limit;
            return overdueAt + view.largestSkew < readAt
              ? [`health answered 200 at ${clock(fact.at)}; ${hsm} was overdue since ${clock(overdueAt)}`]
              : [];
          });
        }
        default: {
          if (fact.kind === "ledgerDeleted") deletedAt = fact.at;
          const change = ledger.see(fact);
          const base =
            change?.kind === "card"
              ? change.card?.since
              : change?.record?.state === "Succeeded"
                ? change.record.startedAt
                : undefined;
          if (change !== undefined && base !== undefined)
            bases.set(change.hsm, Math.max(base, bases.get(change.hsm) ?? NEVER));
          return [];
        }
      }
    },
  };
};

function limitsOf(body: unknown): ReadonlyMap<string, number> {
  const hsms: unknown = typeof body === "object" && body !== null && "hsms" in body ? body.hsms : undefined;
  return new Map(
    (Array.isArray(hsms) ? hsms : []).flatMap((entry: unknown) => {
      if (typeof entry !== "object" || entry === null || !("hsm" in entry) || !("limitSeconds" in entry)) return [];
      const { hsm, limitSeconds } = entry;
      return typeof hsm === "string" && typeof limitSeconds === "number" ? [[hsm, limitSeconds * SECOND] as const] : [];
    }),
  );
}
