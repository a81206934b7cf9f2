import { type Fields, fieldsOf, list } from "../../../scripts/json.ts";
import type { MakeCheck } from "../check.ts";
import { tolerance, watchSuccesses } from "./checked.ts";
import { clock } from "./spans.ts";

const isTrouble = ({ isOverdue, problem }: Fields): boolean => isOverdue === true || problem !== null;

/** What the operator sees of the HSMs: no success that isn't one, none that is too old, and trouble first. */
export const hsmsTruth: MakeCheck = () => {
  const { see, overdueOf, startedAt } = watchSuccesses();
  return {
    name: "the HSMs are shown no better than the truth, those in trouble first",
    see(fact, view, change) {
      see(fact, view, change);
      if (fact.kind !== "requestAnswered" || fact.route !== "hsms" || fact.status !== 200) return [];
      const shown = list(fieldsOf(fact.body, "hsms"), "hsms");
      const configured = shown.filter(({ isConfigured }) => isConfigured === true);
      const firstWell = configured.findIndex((each) => !isTrouble(each));
      const isOrdered = firstWell === -1 || !configured.slice(firstWell).some(isTrouble);
      const wrong = configured.flatMap(({ hsm: name, newestSuccessRun: run, isOverdue }) => {
        const hsm = String(name);
        if (run !== null && startedAt(hsm, String(run)) === undefined)
          return [`${hsm} is shown with the success ${run}`];
        const truth = overdueOf(hsm, fact.host, view);
        const isLate = isOverdue === false && truth + tolerance(view) < fact.at;
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
      const body = fieldsOf(fact.body, "coverage");
      const gap = view.hosts.get(fact.host)?.slotGap ?? view.slotGap;
      return list(body, "slots").flatMap(({ slot, state, run }) => {
        const from = Date.parse(String(slot));
        const about = `the slot ${clock(from)} of ${String(body.hsm)} is shown as ${String(state)}`;
        if (state === "missed" && run !== null) return [`${about}, and has the run ${String(run)}`];
        if (state !== "covered") return [];
        const at = startedAt(String(body.hsm), String(run));
        return at !== undefined && at >= from && at < from + gap ? [] : [`${about} by ${String(run)}`];
      });
    },
  };
};
