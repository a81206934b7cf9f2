import type { Mutation } from "../mutation.ts";

const SETTLE = "backup/settle.ts";
const SETTLE_LOOK = "backup/settle-look.ts";
const LOOK_AT_JOB = "backup/look-at-job.ts";
const FOLDER = "backup/folder.ts";

/** Mistakes in deciding how a run ends. */
export const ENDS: readonly Mutation[] = [
  {
    name: "the deadline is counted anew at each step",
    why: "as long as the HSM answers, the run is alive",
    edits: [
      {
        file: "backup/pass-on.ts",
        find: "const run = { ...next, seq, messageId: sent.id };",
        replace:
          "const run = { ...next, seq, messageId: sent.id, deadlineAt: new Date(millis(deps.now()) + deps.settings.deadline).toISOString() };",
      },
    ],
  },
  {
    name: "a wait goes past the deadline",
    why: "the deadline is looked at when the wait is over",
    edits: [
      {
        file: SETTLE,
        find: "run: { ...run, nextAt: earlier(after(clock.now, ms), run.deadlineAt) },",
        replace: "run: { ...run, nextAt: after(clock.now, ms) },",
      },
      {
        file: SETTLE,
        find: "return earlier(after(now, Math.max(grown, retryAfter ?? 0)), run.deadlineAt);",
        replace: "return after(now, Math.max(grown, retryAfter ?? 0));",
      },
    ],
  },
  {
    name: "the deadline is judged before the last look",
    why: "what comes after the deadline is too late",
    edits: [
      {
        file: LOOK_AT_JOB,
        find: "const next = afterLook(run, looked, clockOf(deps));",
        replace: `const isLate = deps.now().getTime() >= Date.parse(run.deadlineAt);
  const running = { value: { status: "running", word: "late", folderUrl: null, retryAfter: null } } as const;
  const next = afterLook(run, isLate ? running : looked, clockOf(deps));`,
      },
    ],
  },
  {
    name: "the blobs aren't listed before a success",
    why: "the HSM says that it has succeeded",
    edits: [
      {
        file: LOOK_AT_JOB,
        find: '? await seen(() => deps.countBlobs(container, folder), "count the blobs of a backup", container)',
        replace: "? { value: { blobCount: 1, bytes: 1 } }",
      },
    ],
  },
  {
    name: "an empty folder is a success",
    why: "the listing has succeeded, and what it found is written down",
    edits: [
      {
        file: SETTLE_LOOK,
        find: "if (seen.value.blobCount === 0 || seen.value.bytes === 0) return nothingThere(run, clock);",
        replace: "",
      },
    ],
  },
  {
    name: "an empty folder is a failure at the first look",
    why: "what the HSM calls done has been written",
    edits: [
      {
        file: SETTLE_LOOK,
        find: "if (isCertain) return fail(run, error, clock);",
        replace: "return fail(run, error, clock);",
      },
    ],
  },
  {
    name: "a folder in a foreign container is taken",
    why: "the HSM says itself where it has written, so that is where to look",
    edits: [
      { file: FOLDER, find: 'if (path === own.pathname) return { place: "none" };', replace: "" },
      {
        file: FOLDER,
        find: `if (path === undefined || !path.startsWith(\`\${own.pathname}/\`)) return { place: "elsewhere" };
  const folder = path.slice(own.pathname.length + 1);`,
        replace:
          'if (path === undefined) return { place: "elsewhere" };\n  const folder = path.split("/").slice(2).join("/");',
      },
      {
        file: LOOK_AT_JOB,
        find: "const { container } = stored.value;",
        replace: 'const container = new URL(folderUrl).pathname.split("/")[1] ?? "";',
      },
    ],
  },
  {
    name: "all blobs of the container are counted as the backup's",
    why: "a dated container of its own holds one backup",
    edits: [
      {
        file: LOOK_AT_JOB,
        find: "deps.countBlobs(container, folder)",
        replace: 'deps.countBlobs(container, folder.slice(0, 4) === "mhsm" ? "" : folder)',
      },
    ],
  },
  {
    name: "what was in doubt isn't counted",
    why: "each look judges what it sees",
    edits: [
      {
        file: SETTLE,
        find: "before?.code === code ? { ...before, looks: before.looks + 1 } : { code, since: instantOf(now), looks: 1 };",
        replace: "({ code, since: before === null ? instantOf(now) : instantOf(now), looks: 1 });",
      },
    ],
  },
  {
    name: "a job that is unknown at one look is lost",
    why: "404 means that there is no such job",
    edits: [{ file: SETTLE_LOOK, find: "if (doubt.looks >= JOB_LOST_LOOKS &&", replace: "if (doubt.looks >= 1 ||" }],
  },
  {
    name: "a look that fails ends the run",
    why: "a job whose state can't be had is as good as lost",
    edits: [
      {
        file: SETTLE_LOOK,
        find: "return lookAgain(run, failure.reason, clock);",
        replace: "return fail(run, errorOf(failure), clock);",
      },
    ],
  },
  {
    name: "a run whose HSM has left the settings fails at once",
    why: "what isn't configured isn't backed up",
    edits: [
      {
        file: "backup/settle-start.ts",
        find: 'return isOver(run, clock) ? fail(run, error, clock) : lookAgain(run, "notConfigured", clock);',
        replace: "return fail(run, error, clock);",
      },
    ],
  },
];
