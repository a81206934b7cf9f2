import type { Mutation } from "../mutation.ts";

const ATTEMPT_START = "backup/attempt-start.ts";
const KEEP_JOB = "backup/keep-job.ts";
const SETTLE_START = "backup/settle-start.ts";

/** Mistakes on the way from a taken card to a job. */
export const STARTS: readonly Mutation[] = [
  {
    name: "there is no claim before the POST",
    why: "the attempt is written together with its outcome: one write less",
    edits: [
      {
        file: ATTEMPT_START,
        find: "const written = await writeRecord(deps, claimed, etag);",
        replace: 'const written = { outcome: "written", etag };',
      },
    ],
  },
  {
    name: "who finds his claim in the record takes the record for the one that he wrote",
    why: "the claim is his, so nobody else can have written since",
    edits: [
      {
        file: ATTEMPT_START,
        find: "if (isMine) return { value: now.run, etag: now.etag };",
        replace: "if (isMine) return { value: claimed, etag: now.etag };",
      },
    ],
  },
  {
    name: "a start that nobody answered for yet is made again at once",
    why: "whoever is woken is the only one at it, so nobody else's start can still be under way",
    edits: [{ file: ATTEMPT_START, find: "if (await leftToOthers(deps, run)) return;", replace: "" }],
  },
  {
    name: "a claim is left to others for less time than a POST may take",
    why: "three minutes look long, and a host that was killed should be followed up soon",
    edits: [{ file: "backup/intervals.ts", find: "startGrace: 3 * MINUTE,", replace: "startGrace: 20 * SECOND," }],
  },
  {
    name: "a POST that nobody answered is sent again by the pipeline",
    why: "every client of the SDK retries by default, and for every other call that is right",
    edits: [
      {
        file: ATTEMPT_START,
        find: 'const posted = await seen(() => deps.startFullBackup(hsm, target), "start a full backup", hsm.name);',
        replace: `const post = () => seen(() => deps.startFullBackup(hsm, target), "start a full backup", hsm.name);
  let posted = await post();
  if ("failure" in posted && posted.failure.reason === "noAnswer") posted = await post();`,
      },
    ],
  },
  {
    name: "a 202 is dropped when its record loses the race",
    why: "a lost race means that somebody else goes on with the run: the ordinary outcome",
    edits: [{ file: ATTEMPT_START, find: 'if (passed.outcome !== "written") await keepJob(deps, run);', replace: "" }],
  },
  {
    name: "a 202 is dropped when the queue takes no message",
    why: "the next message comes before the record, so that a step without one is not to be written",
    edits: [
      { file: "backup/pass-on.ts", find: "} catch (unsent) {", replace: "} catch (unsent) {\n    throw unsent;" },
    ],
  },
  {
    name: "a late 202 takes the place of the job that is followed",
    why: "the newest job is the one that the HSM works on",
    edits: [
      {
        file: KEEP_JOB,
        find: 'if (isEnded(run) || run.state === "InProgress") {',
        replace: "if (isEnded(run)) {",
      },
    ],
  },
  {
    name: "a late 202 brings a run that has ended back to life",
    why: "only a run with a job is looked for; that it may have ended meanwhile isn't thought of",
    edits: [
      {
        file: KEEP_JOB,
        find: 'if (isEnded(run) || run.state === "InProgress") {',
        replace: 'if (run.state === "InProgress") {',
      },
    ],
  },
  {
    name: "a 409 of the HSM is taken for a failure",
    why: "409 is a 4xx, and what the client did wrong doesn't come right by trying again",
    edits: [{ file: SETTLE_START, find: 'case "rejected":', replace: 'case "busy":\n    case "rejected":' }],
  },
  {
    name: "a start without an answer is taken for a failure",
    why: "what was thrown didn't happen; the next try of the slot follows by itself",
    edits: [{ file: SETTLE_START, find: 'case "rejected":', replace: 'case "noAnswer":\n    case "rejected":' }],
  },
  {
    name: "a 403 fails the run at once",
    why: "a missing role doesn't come by itself",
    edits: [
      {
        file: SETTLE_START,
        find: "if (refusedFor >= clock.intervals.denialGrace) return",
        replace: "if (refusedFor >= 0) return",
      },
    ],
  },
  {
    name: "the SAS stands in a log line",
    why: "the whole URL makes the call easy to repeat while looking for a fault",
    edits: [
      {
        file: ATTEMPT_START,
        find: "deps.log(refused(next.run, posted.failure));",
        replace:
          "deps.log({ ...refused(next.run, posted.failure), url: target.containerUrl + '?' + target.sas.reveal() });",
      },
    ],
  },
];
