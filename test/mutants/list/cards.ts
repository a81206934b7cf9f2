import type { Mutation } from "../mutation.ts";

const CARD = "backup/card.ts";
const FINISH_RUN = "backup/finish-run.ts";
const TAKE_CARD = "backup/take-card.ts";

/** Mistakes in taking the card and giving it back. */
export const CARDS: readonly Mutation[] = [
  {
    name: "the ETag of the card isn't sent",
    why: "the card was read a moment ago, and a timer runs only once at a time",
    edits: [
      {
        file: "backup/ledger.ts",
        find: 'body: JSON.stringify(card), onlyIf: etag === null ? "absent" : { etag } });',
        replace: 'body: JSON.stringify(card), onlyIf: etag === null ? "absent" : "any" });',
      },
    ],
  },
  {
    name: "a taken card is taken by the next start",
    why: "the schedule's own question whether a run is on the card seems enough",
    edits: [
      {
        file: TAKE_CARD,
        find: "if (card.active !== null) {",
        replace: "if (card.active !== null && mine.length > 0) {",
      },
    ],
  },
  {
    name: "one's own run on the card is taken for another's",
    why: "after a write that failed the card can only have been taken by somebody else",
    edits: [{ file: TAKE_CARD, find: 'if (won !== undefined) return { outcome: "taken", active: won };', replace: "" }],
  },
  {
    name: "an `Idempotency-Key` is looked up before the write instead of in it",
    why: "a repeated request needn't come near the card's races",
    edits: [
      {
        file: TAKE_CARD,
        find: "let failed: unknown;",
        replace: `let failed: unknown;
  const before = wanted.key === null ? undefined : runWithKey(deps, (await readOrMakeCard(deps, hsm)).value, wanted.key);
  if (before !== undefined) return { outcome: "repeated", run: before };`,
      },
      {
        file: TAKE_CARD,
        find: `const repeated = wanted.key === null ? undefined : runWithKey(deps, card, wanted.key);
    if (repeated !== undefined) return { outcome: "repeated", run: repeated };`,
        replace: "",
      },
    ],
  },
  {
    name: "an `Idempotency-Key` is forgotten with the end of its run",
    why: "the key stands on the card while the run does",
    edits: [
      {
        file: CARD,
        find: "const summary = { ...end, key: isMine ? (card.active?.key ?? null) : end.key };",
        replace: "const summary = { ...end, key: null };",
      },
    ],
  },
  {
    name: "the card isn't given back",
    why: "the next run takes it anyway",
    edits: [{ file: CARD, find: "active: isMine ? null : card.active,", replace: "active: card.active," }],
  },
  {
    name: "the card is given back for somebody else's run",
    why: "who finishes a run has it on the card",
    edits: [{ file: CARD, find: "active: isMine ? null : card.active,", replace: "active: null," }],
  },
  {
    name: "a result is folded in twice",
    why: "each step that ends a run gives the card back once, so there is nothing to ask",
    edits: [
      { file: CARD, find: "if (knowsEnd(card, end)) return card;", replace: "" },
      {
        file: FINISH_RUN,
        find: 'if (before.outcome !== "card" || knowsEnd(before.card, run)) return;',
        replace: 'if (before.outcome !== "card") return;',
      },
      {
        file: FINISH_RUN,
        find: 'if (read.outcome !== "card" || knowsEnd(read.card, end)) return;',
        replace: 'if (read.outcome !== "card") return;',
      },
    ],
  },
  {
    name: "a result whose card was changed meanwhile is not folded in",
    why: "a lost race means that somebody else has done it",
    edits: [
      {
        file: FINISH_RUN,
        find: 'if (read.outcome !== "card" || knowsEnd(read.card, end)) return;',
        replace: "return;",
      },
    ],
  },
  {
    name: "the failures in a row begin anew with every try",
    why: "failures are counted by slot, and a success ends the slot",
    edits: [
      {
        file: CARD,
        find: "failuresInARow: succeeded ? 0 : card.failuresInARow + 1,",
        replace: "failuresInARow: succeeded ? 0 : 1,",
      },
    ],
  },
  {
    name: "the newest success is the one that was folded in last",
    why: "runs end in the order in which they were started, one at a time",
    edits: [
      {
        file: CARD,
        find: "succeeded ? newer(",
        replace: "succeeded ? ((ended: EndedSummary, ..._others: unknown[]) => ended)(",
      },
    ],
  },
  {
    name: "a run on a card whose record has ended keeps the card",
    why: "finishing is left to who wrote the end",
    edits: [
      { file: TAKE_CARD, find: "if (await finishEnded(deps, card)) continue;", replace: "" },
      {
        file: "backup/tend-run.ts",
        find: "if (isEnded(run)) {\n        await finishRun(deps, run);",
        replace: "if (isEnded(run)) {",
      },
    ],
  },
];
