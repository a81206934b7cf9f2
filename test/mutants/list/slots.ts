import type { Mutation } from "../mutation.ts";

const DUE_RUN = "backup/due-run.ts";
const TELL_MISSED = "backup/tell-missed.ts";

/** Mistakes in what is due, and in what is told as missed. */
export const SLOTS: readonly Mutation[] = [
  {
    name: "a satisfied slot is started again",
    why: "one timer, one slot, one backup: it can't have run already",
    edits: [
      { file: DUE_RUN, find: "if (isSatisfied(card, newest,", replace: "if (false && isSatisfied(card, newest," },
    ],
  },
  {
    name: "only a run of the slot itself satisfies it",
    why: "a backup that somebody started by hand is his own matter",
    edits: [
      {
        file: DUE_RUN,
        find: 'run.state === "Succeeded" && isWithin(run.startedAt, slot, next)',
        replace: 'run.state === "Succeeded" && run.slot === instantOf(slot)',
      },
    ],
  },
  {
    name: "a failed slot is never tried again",
    why: "the next slot comes soon enough",
    edits: [
      {
        file: DUE_RUN,
        find: "if (tries.length > 0 && millis(now) < millis(lastEnd) + pause(intervals.retrySlot, tries.length))",
        replace: "if (tries.length > 0)",
      },
    ],
  },
  {
    name: "a failed slot is tried again without a pause",
    why: "the timer comes every five minutes, which is pause enough",
    edits: [
      { file: DUE_RUN, find: "millis(lastEnd) + pause(intervals.retrySlot, tries.length)", replace: "millis(lastEnd)" },
    ],
  },
  {
    name: "a slot is due only while its timer fires",
    why: "a timer fires once for each slot, at its time",
    edits: [
      {
        file: DUE_RUN,
        find: "if (isSatisfied(card, newest,",
        replace: "if (millis(now) > millis(newest) + intervals.unfollowedAfter || isSatisfied(card, newest,",
      },
    ],
  },
  {
    name: "a slot whose run is still on the card is judged",
    why: "its window is over",
    edits: [{ file: DUE_RUN, find: "|| hasActiveRunFrom(card, slot, next)) break;", replace: ") break;" }],
  },
  {
    name: "how far the slots were judged isn't written down",
    why: "what was missed follows from the runs, and can be computed anew each time",
    edits: [
      {
        file: TELL_MISSED,
        find: "{ ...card, judgedUntil: judged.judgedUntil, untold }",
        replace: "{ ...card, untold }",
      },
    ],
  },
  {
    name: "a missed slot is told twice when two look at once",
    why: "better told twice than never",
    edits: [{ file: TELL_MISSED, find: 'if (written.outcome === "lost") return;', replace: "" }],
  },
  {
    name: "a missed slot isn't written down as untold before it is told",
    why: "telling follows at once",
    edits: [
      {
        file: TELL_MISSED,
        find: "{ ...card, judgedUntil: judged.judgedUntil, untold }",
        replace: "{ ...card, judgedUntil: judged.judgedUntil }",
      },
    ],
  },
  {
    name: "a missed slot whose telling was broken off isn't told again",
    why: "what is on the card as untold is in somebody's hands",
    edits: [
      {
        file: TELL_MISSED,
        find: "const abandoned = card.untold.filter(",
        replace: 'const abandoned = ([] as Card["untold"][number][]).filter(',
      },
    ],
  },
  {
    name: "a missed slot that was told stays on the card as untold",
    why: "`judgedUntil` has moved past it",
    edits: [{ file: TELL_MISSED, find: "if (mine.length > 0) await takeOff(deps, card.hsm, mine, at);", replace: "" }],
  },
  {
    name: "an HSM that comes back to the settings answers for the slots in between",
    why: "coming back undoes the leaving, and nothing else",
    edits: [
      {
        file: "backup/reconcile.ts",
        find: "{ ...card, leftAt: null, since: now, judgedUntil: now }",
        replace: "{ ...card, leftAt: null }",
      },
    ],
  },
];
