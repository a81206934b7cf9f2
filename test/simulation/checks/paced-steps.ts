import type { MakeCheck } from "../facts.ts";
import { watchLedger } from "./ledger-model.ts";
import { MINUTE } from "./spans.ts";
import { clock } from "./words.ts";

const WITHIN = 10 * MINUTE;
/** Steps of one run in that time. The shortest pause between two is 15 s. */
const MOST = 100;

/** Bounded at one time isn't enough: a chain that forgets to wait has one message only, and floods queue, ledger and HSM. */
export const pacedSteps: MakeCheck = () => {
  const ledger = watchLedger();
  const steppedAt = new Map<string, number[]>();
  return {
    name: "a run takes its time between its steps",
    see(fact) {
      const change = ledger.see(fact);
      if (change?.kind !== "record" || change.byHand) return [];
      const { hsm, run, at } = change;
      const times = steppedAt.get(run) ?? [];
      while (times[0] !== undefined && times[0] < at - WITHIN) times.shift();
      times.push(at);
      steppedAt.set(run, times);
      if (times.length <= MOST) return [];
      return [`${run} of ${hsm} took ${times.length} steps in the ten minutes before ${clock(at)}`];
    },
  };
};
