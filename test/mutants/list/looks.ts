import type { Mutation } from "../mutation.ts";

const RECONCILE = "backup/reconcile.ts";
const TEND_RUN = "backup/tend-run.ts";

/** Mistakes in what reconcile looks for, and in what it and health say of an HSM. */
export const LOOKS: readonly Mutation[] = [
  {
    name: "one HSM's error is thrown out of the loop",
    why: "an error isn't swallowed: the host logs it and counts the timer as failed",
    edits: [
      {
        file: RECONCILE,
        find: 'deps.log(stepFailed("reconcile", { hsm }, thrown));\n    problem = wordsOf(thrown);',
        replace: "throw thrown;",
      },
    ],
  },
  {
    name: "`backup.checked` is left out while something is wrong with an HSM",
    why: "the error has been logged a line above",
    edits: [
      {
        file: RECONCILE,
        find: "if (isConfigured) deps.log(checked(hsm, freshness, problem));",
        replace: "if (isConfigured && problem === null) deps.log(checked(hsm, freshness, problem));",
      },
    ],
  },
  {
    name: "`backup.checked` calls an HSM fresh of which nothing is known",
    why: "what isn't known to be overdue isn't",
    edits: [{ file: "backup/freshness.ts", find: "isOverdue: true,", replace: "isOverdue: false," }],
  },
  {
    name: "an HSM that is backed up now isn't overdue",
    why: "help is on its way",
    edits: [
      {
        file: "backup/freshness.ts",
        find: "isOverdue: age > maxAge,",
        replace: "isOverdue: age > maxAge && card.active === null,",
      },
    ],
  },
  {
    name: "health answers 200 for an HSM without a card",
    why: "a new HSM has no card yet, and a deployment shouldn't begin with an alarm",
    edits: [
      {
        file: "backup/health.ts",
        find: 'if (read.outcome === "absent") return { hsm, ...unknownFreshness(maxAge), problem: NOT_SEEN };',
        replace:
          'if (read.outcome === "absent") return { hsm, ...unknownFreshness(maxAge), isOverdue: false, problem: null };',
      },
    ],
  },
  {
    name: "health answers 200 when the ledger can't be read",
    why: "health is about the HSMs; that storage is down is seen elsewhere",
    edits: [
      {
        file: "backup/health.ts",
        find: "return { hsm, ...unknownFreshness(maxAge), problem: wordsOf(thrown) };",
        replace: "return { hsm, ...unknownFreshness(maxAge), isOverdue: false, problem: null };",
      },
    ],
  },
  {
    name: "a run that nobody follows isn't woken",
    why: "messages don't get lost",
    edits: [
      {
        file: TEND_RUN,
        find: "if (now <= millis(run.nextAt) + unfollowedAfter) return undefined;",
        replace: "return undefined;",
      },
    ],
  },
  {
    name: "a run without a record isn't looked for",
    why: "message 0 makes the record",
    edits: [{ file: TEND_RUN, find: 'case "absent":', replace: 'case "absent":\n      return undefined;' }],
  },
  {
    name: "an overdue run is never ended by reconcile",
    why: "whoever is woken sees the deadline himself",
    edits: [
      {
        file: TEND_RUN,
        find: "if (now > millis(run.deadlineAt) + overdueGrace) return { value: run, etag };",
        replace: "",
      },
      {
        file: TEND_RUN,
        find: "if (now > millis(active.deadlineAt) + overdueGrace) return createRecord(deps, hsm, active);",
        replace: "",
      },
    ],
  },
  {
    name: "a run waits for the queue to come back",
    why: "the next timer wakes it then",
    edits: [
      {
        file: TEND_RUN,
        find: 'return (await wake(deps, hsm, run.id, run.seq, "nobody followed it")) ? undefined : { value: run, etag };',
        replace: 'await wake(deps, hsm, run.id, run.seq, "nobody followed it");\n      return undefined;',
      },
    ],
  },
  {
    name: "only the settings' HSMs are looked at",
    why: "an HSM that was taken out of the settings isn't wanted any more",
    edits: [
      {
        file: RECONCILE,
        find: "new Set([...configured, ...(await cardsBesides(deps))])",
        replace: "new Set(configured)",
      },
    ],
  },
  {
    name: "stray runs aren't looked for",
    why: "every run is on its HSM's card",
    edits: [
      {
        file: RECONCILE,
        find: "for (const stray of (await findStrays(deps, card)).toReversed()) {",
        replace: "for (const stray of (await findStrays(deps, card)).slice(0, 0)) {",
      },
    ],
  },
  {
    name: "a stray run that has ended isn't told",
    why: "it has ended: there is nothing to do",
    edits: [
      {
        file: "backup/find-strays.ts",
        find: 'if (record.outcome === "run" && isEnded(record.run)) await finishRun(deps, record.run);',
        replace: "",
      },
    ],
  },
  {
    name: "a slot counts as missed although its runs could not be looked for",
    why: "the card says all that there is to know",
    edits: [
      {
        file: RECONCILE,
        find: "if (strays.areKnown) await tellMissed(deps, now);",
        replace: "await tellMissed(deps, now);",
      },
    ],
  },
];
