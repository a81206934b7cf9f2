import { array, boolean, type InferOutput, nullable, object, parse, string } from "valibot";
import type { MakeCheck } from "../check.ts";
import { tolerance, watchSuccesses } from "./checked.ts";
import { clock } from "./spans.ts";

const hsmShown = object({
  hsm: string(),
  isConfigured: boolean(),
  newestSuccessRun: nullable(string()),
  isOverdue: boolean(),
  problem: nullable(string()),
});
const hsmsShown = object({ hsms: array(hsmShown) });
const slotShown = object({ slot: string(), state: string(), run: nullable(string()) });
const coverageShown = object({ hsm: string(), slots: array(slotShown) });

const isTrouble = ({ isOverdue, problem }: InferOutput<typeof hsmShown>): boolean => isOverdue || problem !== null;

/** What the operator sees of the HSMs: no success that isn't one, none that is too old, and trouble first. */
export const hsmsTruth: MakeCheck = () => {
  const { see, overdueOf, startedAt } = watchSuccesses();
  return {
    name: "the HSMs are shown no better than the truth, those in trouble first",
    see(fact, view, change) {
      see(fact, view, change);
      if (fact.kind !== "requestAnswered" || fact.route !== "hsms" || fact.status !== 200) return [];
      const configured = parse(hsmsShown, fact.body).hsms.filter(({ isConfigured }) => isConfigured);
      const firstWell = configured.findIndex((each) => !isTrouble(each));
      const isOrdered = firstWell === -1 || !configured.slice(firstWell).some(isTrouble);
      const wrong = configured.flatMap(({ hsm, newestSuccessRun: run, isOverdue }) => {
        if (run !== null && startedAt(hsm, run) === undefined) return [`${hsm} is shown with the success ${run}`];
        const truth = overdueOf(hsm, fact.host, view);
        const isLate = !isOverdue && truth + tolerance(view) < fact.at;
        return isLate ? [`${hsm} isn't shown as overdue, which it is since ${clock(truth)}`] : [];
      });
      return isOrdered ? wrong : [...wrong, "an HSM in trouble is shown after one that is well"];
    },
  };
};

/** What the calendar shows: covered by a success of this very slot, and missed only without any run. */
export const coverageTruth: MakeCheck = () => {
  const { see, startedAt } = watchSuccesses();
  return {
    name: "a slot is shown as covered by a success that was started from it on and before the next, and by no other",
    see(fact, view, change) {
      see(fact, view, change);
      if (fact.kind !== "requestAnswered" || fact.route !== "coverage" || fact.status !== 200) return [];
      const { hsm, slots } = parse(coverageShown, fact.body);
      const gap = view.hosts.get(fact.host)?.slotGap ?? view.slotGap;
      return slots.flatMap(({ slot, state, run }) => {
        const from = Date.parse(slot);
        const about = `the slot ${clock(from)} of ${hsm} is shown as ${state}`;
        if (state === "missed" && run !== null) return [`${about}, and has the run ${run}`];
        if (state !== "covered") return [];
        const at = startedAt(hsm, run ?? "");
        return at !== undefined && at >= from && at < from + gap ? [] : [`${about} by ${run}`];
      });
    },
  };
};
