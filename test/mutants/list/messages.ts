import type { Mutation } from "../mutation.ts";

const PASS_ON = "backup/pass-on.ts";
const CARRY_OUT = "backup/carry-out.ts";
const FOLLOW_RUN = "backup/follow-run.ts";
const TEND_RUN = "backup/tend-run.ts";

/** Mistakes with records and the messages that carry their runs on. */
export const MESSAGES: readonly Mutation[] = [
  {
    name: "the ETag of the record isn't sent",
    why: "an upsert is what a store of documents usually offers",
    edits: [
      {
        file: "backup/ledger.ts",
        find: 'metadata: metadataOf(run),\n    onlyIf: etag === null ? "absent" : { etag },',
        replace: 'metadata: metadataOf(run),\n    onlyIf: etag === null ? "absent" : "any",',
      },
    ],
  },
  {
    name: "the record of a run is made over the one that stands there",
    why: "who makes the first record is sure to be the first",
    edits: [
      {
        file: "backup/ledger.ts",
        find: 'metadata: metadataOf(run),\n    onlyIf: etag === null ? "absent" : { etag },',
        replace: 'metadata: metadataOf(run),\n    onlyIf: etag === null ? "any" : { etag },',
      },
    ],
  },
  {
    name: "the record is written before the next message",
    why: "first the truth, then whoever is to read it: a message for a state that isn't there yet looks wrong",
    edits: [
      {
        file: PASS_ON,
        find: `const sent = await deps.wakeLater({ hsm: next.hsm, run: next.id, seq }, delay);
    const run = { ...next, seq, messageId: sent.id };
    return { outcome: await write(deps, run, was.etag, was.value.seq, (stands) => stands.messageId === sent.id), sent };`,
        replace: `const run = { ...next, seq, messageId: null };
    const outcome = await write(deps, run, was.etag, was.value.seq, (stands) => isSame(stands, run));
    const sent = await deps.wakeLater({ hsm: next.hsm, run: next.id, seq }, delay);
    return { outcome, sent };`,
      },
    ],
  },
  {
    name: "a lost race's message isn't taken back",
    why: "a message too many does no harm: it is dropped as a duplicate",
    edits: [
      {
        file: CARRY_OUT,
        find: 'if (outcome === "lost") return void (await takeBack(deps, run, sent));',
        replace: 'if (outcome === "lost") return;',
      },
    ],
  },
  {
    name: "a message stays behind each time that the record can't be written",
    why: "the throw alone brings the message that is being worked on again",
    edits: [
      {
        file: CARRY_OUT,
        find: 'if (outcome === "unchanged") {\n    await takeBack(deps, run, sent);',
        replace: 'if (outcome === "unchanged") {',
      },
    ],
  },
  {
    name: "`seq` isn't compared",
    why: "the record says what to do, whoever wakes the run",
    edits: [{ file: FOLLOW_RUN, find: "message.seq < stored.value.seq", replace: "message.seq < 0" }],
  },
  {
    name: "a message of the record's own number is dropped as a duplicate",
    why: "off by one: the record has seen that number already",
    edits: [{ file: FOLLOW_RUN, find: "message.seq < stored.value.seq", replace: "message.seq <= stored.value.seq" }],
  },
  {
    name: "a failed write of the record is thrown although the next message is out",
    why: "catch, log and go on is a smell, and the host delivers the message again",
    edits: [
      {
        file: PASS_ON,
        find: 'deps.log(stepFailed("write the record", { hsm: run.hsm, run: run.id }, thrown));',
        replace: "throw thrown;",
      },
    ],
  },
  {
    name: "a lost ETag is taken for a lost race where it was one's own write",
    why: "412 means that somebody else was first; that the SDK has sent the write twice isn't thought of",
    edits: [{ file: PASS_ON, find: 'if (isMine(now.run)) return "written";', replace: "" }],
  },
  {
    name: "whose message was used up is judged by the record alone",
    why: "the record is the truth; the number of the message that woke us looks needless",
    edits: [
      {
        file: FOLLOW_RUN,
        find: "await advance(deps, wokenBy(stored, message.seq));",
        replace: "await advance(deps, stored);",
      },
    ],
  },
  {
    name: "a message that is given up for a claim isn't sent again",
    why: "somebody else is at the run, so it is in good hands",
    edits: [
      {
        file: "backup/attempt-start.ts",
        find: 'if (now.outcome === "run" && now.run.seq <= run.seq) await wakeAgain(deps, run);',
        replace: "",
      },
    ],
  },
  {
    name: "no message goes out before the first record",
    why: "the first step is taken at once, and it sends the next message itself",
    edits: [
      {
        file: "backup/start-run.ts",
        find: "await deps.wakeLater({ ...ids, seq: 0 }, deps.intervals.startGrace);",
        replace: "",
      },
    ],
  },
  {
    name: "a message whose run has no record yet is dropped",
    why: "a run that has no record is none of ours",
    edits: [
      {
        file: FOLLOW_RUN,
        find: "if (active?.id === message.run) return createRecord(deps, message.hsm, active);",
        replace: "",
      },
    ],
  },
  {
    name: "the next message is hidden for a thousandth of its time",
    why: "the queue counts in seconds, everything else in milliseconds",
    edits: [
      {
        file: PASS_ON,
        find: "const delay = Math.max(0, millis(next.nextAt) - millis(deps.now()));",
        replace: "const delay = Math.max(0, millis(next.nextAt) - millis(deps.now())) / 1_000;",
      },
    ],
  },
  {
    name: "a wake-up never expires",
    why: "a message that is there for ever is the safer one",
    edits: [{ file: TEND_RUN, find: "0, deps.intervals.wakeUpLifetime);", replace: "0);" }],
  },
  {
    name: "a wake-up has always the number 0",
    why: "as message 0 of a new run, which wakes it in any state",
    edits: [
      {
        file: TEND_RUN,
        find: 'await wake(deps, hsm, run.id, run.seq, "nobody followed it")',
        replace: 'await wake(deps, hsm, run.id, 0, "nobody followed it")',
      },
    ],
  },
];
