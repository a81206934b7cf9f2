import type { Mutation } from "../mutation.ts";

const MAKE_CARD = "backup/make-card.ts";
const REBUILD_CARD = "backup/rebuild-card.ts";

/** Mistakes in making good what was damaged, lost, or written by a newer version. */
export const REPAIRS: readonly Mutation[] = [
  {
    name: "a damaged card's bytes are thrown away",
    why: "they can't be read, and the records say everything",
    edits: [
      {
        file: MAKE_CARD,
        find: "const keptAs = await keepDamaged(deps, cardName(hsm), read.body);",
        replace: "const keptAs = null;",
      },
    ],
  },
  {
    name: "a damaged record's bytes are thrown away",
    why: "they can't be read, and the card says enough",
    edits: [
      {
        file: "backup/end-unreadable.ts",
        find: "const keptAs = await keepDamaged(deps, name, damaged.body);",
        replace: 'const keptAs = "damaged/";',
      },
    ],
  },
  {
    name: "a damaged record is read as if there were none",
    why: "what can't be read is as good as gone, and a new one is made from the card",
    edits: [
      {
        file: "backup/tend-run.ts",
        find: 'case "unreadable":\n      await endDamaged(deps, hsm, active, record);\n      return undefined;',
        replace: 'case "unreadable":\n      return undefined;',
      },
    ],
  },
  {
    name: "a card that is gone is made anew without its records",
    why: "no card means that the HSM was never seen",
    edits: [
      { file: MAKE_CARD, find: "const rebuilt = await rebuildCard(deps, hsm);", replace: "const rebuilt = undefined;" },
    ],
  },
  {
    name: "a rebuilt card has no newest success",
    why: "the last runs say which succeeded",
    edits: [
      {
        file: REBUILD_CARD,
        find: 'newestAmong(summaries.filter(({ state }) => state === "Succeeded")) ??\n      (await olderSuccess(deps, listed.slice(REMEMBERED_RUNS))),',
        replace: "null,",
      },
    ],
  },
  {
    name: "a rebuilt card doesn't know of the run that goes on",
    why: "the run's own messages carry it on",
    edits: [
      {
        file: REBUILD_CARD,
        find: "judgedUntil: slotOf(deps, newest),\n    active,",
        replace: "judgedUntil: slotOf(deps, newest),\n    active: null,",
      },
    ],
  },
  {
    name: "a rebuilt card's HSM counts as seen now for the first time",
    why: "a new card is a new card",
    edits: [
      {
        file: REBUILD_CARD,
        find: "...newCard(hsm, startOf(oldest)),",
        replace: "...newCard(hsm, instantOf(deps.now())),",
      },
    ],
  },
  {
    name: "a record of a newer version is overwritten at once",
    why: "a record that this version can't read is a damaged one",
    edits: [
      { file: "backup/tend-run.ts", find: "if (now <= millis(active.deadlineAt)) return undefined;", replace: "" },
    ],
  },
  {
    name: "a record of a newer version is never made good",
    why: "the newer version comes back, and knows better",
    edits: [
      {
        file: "backup/tend-run.ts",
        find: "if (now <= millis(active.deadlineAt)) return undefined;",
        replace: "return undefined;",
      },
    ],
  },
  {
    name: "a card's fields that a newer version wrote are dropped",
    why: "a parser takes what it knows",
    edits: [
      {
        file: "backup/card.ts",
        find: "...from,\n  schemaVersion:",
        replace: "schemaVersion:",
      },
    ],
  },
  {
    name: "a rebuilt card's newest success is the one that ended last",
    why: "runs of one HSM come one after the other",
    edits: [
      {
        file: REBUILD_CARD,
        find: 'newestAmong(summaries.filter(({ state }) => state === "Succeeded"))',
        replace: 'summaries.find(({ state }) => state === "Succeeded")',
      },
    ],
  },
  {
    name: "a rebuilt card counts every end as told",
    why: "only the last one to end can be untold",
    edits: [
      {
        file: REBUILD_CARD,
        find: "millis(endedAt) > millis(now()) - TOLD_AFTER || (active !== null && millis(endedAt) > millis(active.at));",
        replace: "active === null && millis(endedAt) > millis(now()) + TOLD_AFTER;",
      },
    ],
  },
];
