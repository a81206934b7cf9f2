import { describe, expect, test } from "vitest";
import type { WorldReport } from "./check.ts";
import { HSM, hostStarted, logged, minute, RUN, WHOLE } from "./checks/sample-facts.ts";
import { noFaults } from "./faults/fault-book.ts";
import { story } from "./story.ts";
import { noTotals, summaryLines, withReport } from "./totals.ts";

const OTHERS = logged(5, "backup.started", { hsm: "fabrikam", run: "20261123T020000Z-1-zzzzzzzz" });
const REPORT: WorldReport = {
  seed: 17,
  violations: [{ check: "a check", at: minute(9), what: `${RUN} of ${HSM} went wrong` }],
  faults: { ...noFaults(), crash: 2 },
  struck: [1, 2],
  runs: 3,
  jobs: 4,
  mostMessages: { count: 5, run: RUN },
  facts: [hostStarted(2, { hsms: [HSM, "fabrikam"] }), ...WHOLE, OTHERS],
};

describe("the story of a world", () => {
  test("shows the facts of the violation's run in their order, with the violation in its place", () => {
    const lines = story(REPORT).split("\n");
    expect(lines[0]).toMatch(/^seed 17: 1 violation; \d+ of \d+ facts$/);
    const at = (words: string): number => lines.findIndex((line) => line.includes(words));
    expect(at("Starting seq 0")).toBeGreaterThan(0);
    expect(at("Succeeded seq 3")).toBeGreaterThan(at("startSent"));
    expect(at("02:09:00.000 !!! a check")).toBeGreaterThan(at("backup.succeeded"));
    expect(at("backup.started")).toBe(-1);
  });

  test("shows everything where that is asked for", () => {
    expect(story(REPORT, { all: true })).toContain("backup.started");
  });
});

test("the closing lines name runs, jobs, seconds, each kind's count, and what worlds without faults came to", () => {
  const calm: WorldReport = { ...REPORT, violations: [], faults: noFaults(), struck: [], runs: 2, jobs: 2 };
  const lines = summaryLines([REPORT, calm].reduce(withReport, noTotals()), 1.25);
  expect(lines[0]).toContain("crash 2, freeze 0");
  expect(lines.slice(1)).toEqual([
    "1 worlds without a fault: 1.00 jobs per run",
    "at most 5 messages of one run at one time (seed 17)",
    "5 runs, 6 jobs, 1.3 seconds",
    "2 seeds, 1 violations",
  ]);
});
