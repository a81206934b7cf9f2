import type { Mutation } from "../mutation.ts";

const FINISH_RUN = "backup/finish-run.ts";
const CARRY_OUT = "backup/carry-out.ts";

/** Mistakes in telling an end, and in what else comes with it. */
export const TELLINGS: readonly Mutation[] = [
  {
    name: "an end isn't told",
    why: "the record says how the run ended",
    edits: [{ file: FINISH_RUN, find: "deps.log(ended(run, before.card));", replace: "" }],
  },
  {
    name: "an end is told only by who wrote it",
    why: "then it is told exactly once",
    edits: [
      { file: FINISH_RUN, find: "deps.log(ended(run, before.card));", replace: "" },
      {
        file: CARRY_OUT,
        find: 'import { type PassedOn, passOn, takeBack } from "./pass-on.ts";',
        replace:
          'import { ended } from "./log-events.ts";\nimport { newCard } from "./card.ts";\nimport { type PassedOn, passOn, takeBack } from "./pass-on.ts";',
      },
      {
        file: CARRY_OUT,
        find: 'if (written.outcome === "written") return finishRun(deps, run);',
        replace:
          'if (written.outcome === "written") {\n    deps.log(ended(run, newCard(run.hsm, run.endedAt)));\n    return finishRun(deps, run);\n  }',
      },
    ],
  },
  {
    name: "the card is given back before the end is told",
    why: "first the state, then the words about it",
    edits: [
      {
        file: FINISH_RUN,
        find: "deps.log(ended(run, before.card));\n  await fold(deps, run.hsm, summarize(run, null), before);",
        replace: "await fold(deps, run.hsm, summarize(run, null), before);\n  deps.log(ended(run, before.card));",
      },
    ],
  },
  {
    name: "who loses the race to end a run tells his own end",
    why: "the run has ended, whoever wrote it",
    edits: [
      {
        file: CARRY_OUT,
        find: "if (isEnded(now.run)) return finishRun(deps, now.run);",
        replace: "if (isEnded(now.run)) return finishRun(deps, run);",
      },
    ],
  },
  {
    name: "who loses the race to end a run leaves it without a message",
    why: "whoever won it goes on with the run",
    edits: [
      { file: CARRY_OUT, find: "if (now.run.seq <= was.value.seq) await wakeAgain(deps, was.value);", replace: "" },
    ],
  },
  {
    name: "a copy beside the backup that fails holds up the end",
    why: "an error isn't swallowed: the step is done again until all of it has worked",
    edits: [
      {
        file: FINISH_RUN,
        find: 'deps.log(stepFailed("copy the record beside the backup", { hsm: run.hsm, run: run.id }, thrown));',
        replace: "throw thrown;",
      },
    ],
  },
];
