import type { MakeCheck } from "../facts.ts";
import { watchFaults } from "./fault-model.ts";
import { watchSettings } from "./settings-model.ts";
import { LONGEST_FREEZE, MINUTE } from "./spans.ts";
import { clock } from "./words.ts";

/** The reconcile's own limit is 4 min; the HSMs that it has begun by then have a row of calls left, of 30 s each. */
const RECONCILE_TAKES = 15 * MINUTE;
/** "per HSM at least every half-hour": judged when the faults have stopped. */
const SILENCE = 30 * MINUTE;

type Look = { readonly at: number; readonly host: number; readonly left: Set<string> };

/** A reconcile whose process lives tells how each HSM stands, whatever is down; and somebody does at least every half-hour. */
export const checkedAlways: MakeCheck = () => {
  const faults = watchFaults();
  const settings = watchSettings();
  const checkedAt = new Map<string, number>();
  const known = new Map<number, Set<string>>();
  let looks: readonly Look[] = [];

  function takeOverdue(at: number): readonly string[] {
    const isOver = ({ at: firedAt, left }: Look): boolean => {
      const freezes = faults.countSince(firedAt - LONGEST_FREEZE, "freeze");
      return left.size === 0 || at >= firedAt + RECONCILE_TAKES + freezes * LONGEST_FREEZE;
    };
    const overdue = looks.filter(isOver);
    if (overdue.length > 0) looks = looks.filter((look) => !overdue.includes(look));
    return overdue.flatMap((look) =>
      [...look.left].map(
        (hsm) => `host ${look.host}, whose timer fired at ${clock(look.at)}, told no backup.checked of ${hsm}`,
      ),
    );
  }

  return {
    name: "backup.checked is told of every HSM at every look",
    see(fact, view) {
      faults.see(fact);
      settings.see(fact, view);
      switch (fact.kind) {
        case "hostDied":
          looks = looks.filter(({ host }) => host !== fact.host);
          return [];
        case "logged": {
          const { event, hsm } = fact.event;
          if (event !== "backup.checked" || typeof hsm !== "string") return [];
          checkedAt.set(hsm, fact.at);
          known.set(fact.host, (known.get(fact.host) ?? new Set()).add(hsm));
          // A host whose timer fires twice has two looks under way: the older one first.
          looks.find(({ host, left }) => host === fact.host && left.has(hsm))?.left.delete(hsm);
          return [];
        }
        case "timerFired": {
          const wrong = [...takeOverdue(fact.at)];
          for (const hsm of settings.settled(view)) {
            const since = Math.max(checkedAt.get(hsm) ?? 0, view.faultsStopAt);
            if (fact.at <= since + SILENCE) continue;
            checkedAt.set(hsm, fact.at);
            wrong.push(`nobody told backup.checked of ${hsm} since ${clock(since)}`);
          }
          // A process keeps the settings that it was started with: what it told of once, it tells of again.
          const left = new Set([...settings.neverLeft(view), ...(known.get(fact.host) ?? [])]);
          looks = [...looks, { at: fact.at, host: fact.host, left }];
          return wrong;
        }
        default:
          return [];
      }
    },
  };
};
