import { describe, expect, it } from "vitest";
import {
  accepted,
  activeOf,
  answered,
  damagedCard,
  delivered,
  died,
  fault,
  gone,
  has202,
  jobEnded,
  minute,
  OTHER_RUN,
  posted,
  RUN,
  SUCCEEDED,
  sent,
  timer,
  told,
  wrote,
  wroteCard,
  wroteRecord,
} from "./checks/fact-samples.ts";
import type { Fact, Violation, WorldReport } from "./facts.ts";
import { noFaults } from "./fault-book.ts";
import { story } from "./story.ts";

const reportOf = (facts: readonly Fact[], violations: readonly Violation[]): WorldReport => ({
  seed: 17,
  violations,
  faults: noFaults(),
  struck: [1],
  runs: 1,
  jobs: 1,
  mostMessages: { count: 0, run: "", fault: null },
  facts,
});

const lines = (text: string): string[] => text.split("\n").filter((line) => line !== "");
const VIOLATION = { check: "a check", at: minute(10), what: `${RUN} of contoso went wrong` };
const EVERYTHING: readonly Fact[] = [
  { at: minute(0), kind: "hostStarted", host: 2, version: "newer", skew: -3_000 },
  fault(0, "crash", "host 1: write the ledger"),
  died(0),
  timer(0),
  { at: minute(0), kind: "handlerThrew", host: 1, handler: "followBackup", message: "no" },
  wroteCard(0, { active: activeOf(RUN) }),
  wroteRecord(0, RUN, { ...SUCCEEDED, seq: 3 }),
  wrote(0, "damaged/x", "{"),
  damagedCard(0, null),
  { at: minute(0), kind: "ledgerDeleted" },
  { at: minute(0), kind: "ledgerMade" },
  sent(0, "m1", 4),
  delivered(0, "m1", 2),
  gone(0, "m1"),
  { at: minute(0), kind: "messagePoisoned", id: "m9" },
  accepted(0, "job1", "tool"),
  jobEnded(0, "Succeeded"),
  has202(0, "job1"),
  posted(0, 1, "key"),
  answered(0, 1, 202, RUN),
  { at: minute(0), kind: "healthAnswered", status: 503, body: { status: "unhealthy" } },
  { at: minute(0), kind: "settingsChanged", hsms: ["contoso"], isEverywhere: false },
  told(0, "backup.succeeded", { run: RUN, state: "Succeeded" }),
  { at: minute(0), kind: "faultsStopped" },
];

describe("the story of a world", () => {
  it("tells each kind of fact in the words of the design", () => {
    expect(story(reportOf(EVERYTHING, []), { all: true })).toMatchInlineSnapshot(`
      "seed 17: 0 violations; 24 of 24 facts
      02:00:00.000 host 2 starts, a newer version, its clock 3 s behind
      02:00:00.000 *** fault 1, crash: host 1: write the ledger
      02:00:00.000 *** host 1 dies during a call
      02:00:00.000 host 1: the timer fires
      02:00:00.000 host 1: followBackup throws: no
      02:00:00.000 host 1 writes the card of contoso: taken by 20261123T020000Z-1-aaaaaaaa (slot 02:00:00), 0 runs, no success, judged until 01:00:00.000
      02:00:00.000 host 1 writes the record of 20261123T020000Z-1-aaaaaaaa: Succeeded, seq 3, job job1
      02:00:00.000 host 1 writes damaged/x (1 bytes)
      02:00:00.000 *** by hand: hsms/contoso.json deleted
      02:00:00.000 *** by hand: the ledger is deleted
      02:00:00.000 *** the ledger is made again, empty
      02:00:00.000 host 1 sends message 4 of 20261123T020000Z-1-aaaaaaaa (m1), hidden until 02:01:00.000
      02:00:00.000 host 2 gets message 4 of 20261123T020000Z-1-aaaaaaaa (m1)
      02:00:00.000 message 4 of 20261123T020000Z-1-aaaaaaaa (m1) is done
      02:00:00.000 message m9 goes to the poison queue
      02:00:00.000 HSM contoso accepts a start by another tool: job job1
      02:00:00.000 HSM contoso: job job1 ends, truly Succeeded, 2 blobs with 300 bytes in mhsm-backup-contoso-2026-11-23/folder1
      02:00:00.000 host 1 has the 202 of contoso: job job1
      02:00:00.000 POST 1 to host 1: start contoso (key key)
      02:00:00.000 POST 1 is answered 202: 20261123T020000Z-1-aaaaaaaa
      02:00:00.000 health answers 503: {"status":"unhealthy"}
      02:00:00.000 *** the settings name contoso now, on some hosts
      02:00:00.000 host 1 tells backup.succeeded, run 20261123T020000Z-1-aaaaaaaa, state Succeeded
      02:00:00.000 *** the faults have stopped
      "
    `);
  });

  it("is the same text for the same facts", () => {
    const again = reportOf(EVERYTHING, [VIOLATION]);
    expect(story(reportOf(EVERYTHING, [VIOLATION]))).toBe(story(again));
  });

  it("marks a violation in its place", () => {
    const shown = lines(
      story(reportOf([wroteRecord(9, RUN), wroteRecord(10, RUN), wroteRecord(11, RUN)], [VIOLATION])),
    );
    expect(shown).toHaveLength(5);
    expect(shown[3]).toBe(`02:10:00.000 !!! a check: ${RUN} of contoso went wrong`);
  });

  it("tells of the violating run alone, with what befell the world, from a little before until a little after", () => {
    const facts = [
      wroteRecord(-60, OTHER_RUN),
      wroteRecord(8, RUN),
      wroteRecord(8, OTHER_RUN),
      told(8, "backup.started", { hsm: "fabrikam" }),
      sent(8, "m1", 1),
      sent(8, "m2", 1, OTHER_RUN),
      delivered(9, "m1"),
      delivered(9, "m2"),
      fault(9, "crash", "host 1"),
      wroteRecord(30, RUN),
    ];
    const shown = lines(story(reportOf(facts, [VIOLATION])));
    expect(shown[0]).toBe(`seed 17: 1 violation; 4 of 10 facts of ${RUN}`);
    expect(shown).toHaveLength(6);
    expect(shown.join("\n")).not.toMatch(/fabrikam|bbbbbbbb/);
  });

  it("tells of the violating HSM where no run is named", () => {
    const facts = [wroteCard(5), told(6, "backup.missed"), told(7, "backup.missed", { hsm: "fabrikam" })];
    const text = story(reportOf(facts, [{ ...VIOLATION, what: "the card of contoso is wrong" }]));
    expect(text).toContain("2 of 3 facts of contoso");
    expect(text).not.toContain("fabrikam");
  });

  it("folds what says nothing, and nothing of it where everything is wanted", () => {
    const facts = [wroteRecord(0, RUN), timer(5), told(5, "backup.checked"), timer(10), told(10, "backup.checked")];
    const report = reportOf(facts, [{ ...VIOLATION, at: minute(20) }]);
    expect(lines(story(report))[2]).toBe("02:05:00.000 … 2 timers, 2 looks (backup.checked) in 5 min");
    expect(lines(story(report, { all: true }))).toHaveLength(7);
  });
});
