import { describe, expect, it } from "vitest";
import type { HsmsAnswer } from "../../../../backup/model/views/hsm-view.ts";
import { coverOf, inOrder } from "../../../../desk/page/view/cover.ts";
import { verdictOf } from "../../../../desk/page/view/verdict.ts";
import { answerOf, at, hsmView, NOW } from "../samples.ts";
import { firstDay, overdue, running } from "../scenes.ts";

const REJECTED = { setting: "BACKUP_HSM_URLS", problem: "expected https", hsm: "contoso" };
const NONE = { newestSuccess: null, newestSuccessRun: null, overdueAt: null, isOverdue: true } as const;
const gone = hsmView("old", { isConfigured: false, problem: "not configured", isOverdue: true });

const words = (answer: HsmsAnswer): readonly string[] => {
  const { tone, headline, sentence } = verdictOf(answer, NOW);
  return [
    tone,
    headline,
    sentence
      .map((part) => (typeof part === "string" ? part : part.hsm))
      .join("")
      .trim(),
  ];
};

describe("how an HSM stands", () => {
  it.each([
    ["covered", hsmView("contoso")],
    ["overdue", overdue("contoso")],
    ["overdue", hsmView("contoso", { overdueAt: at(0.001) })],
    ["overdue", hsmView("contoso", { overdueAt: null })],
    ["none", hsmView("contoso", NONE)],
    ["unknown", hsmView("contoso", { problem: "its state can't be read" })],
    ["notConfigured", hsmView("contoso", { isConfigured: false, isOverdue: true })],
  ])("is %s", (cover, hsm) => {
    expect(coverOf(hsm, { problems: [] }, NOW)).toBe(cover);
  });

  it("is rejected by a setting, whatever else is known about it", () => {
    const hsm = hsmView("contoso", { isConfigured: false });
    expect(coverOf(hsm, { problems: [REJECTED] }, NOW)).toBe("rejected");
  });

  it("decides its place: what is not covered first, what is no longer configured last, otherwise the app's order", () => {
    const hsms = [gone, hsmView("b"), overdue("z"), hsmView("a"), hsmView("y", { problem: "unreadable" })];
    expect(inOrder(answerOf(hsms), NOW).map(({ hsm }) => hsm.hsm)).toEqual(["z", "y", "b", "a", "old"]);
  });
});

describe("the verdict", () => {
  it.each<[string, HsmsAnswer, readonly string[]]>([
    [
      "one is overdue",
      answerOf([overdue(), running(), hsmView("tailspin-eu")]),
      [
        "bad",
        "1 of 3 HSMs is not covered",
        "fabrikam has had no verified backup for 2 days 7 h; it was due by 09:00 UTC yesterday. The other 2 are covered until 09:00 UTC tomorrow.",
      ],
    ],
    [
      "all are covered",
      answerOf([hsmView("a"), hsmView("b", { overdueAt: at(-1) }), hsmView("c")]),
      [
        "ok",
        "All 3 HSMs are covered",
        "The newest verified backup of each is at most 7 h 38 min old. They stay covered until 10:41 UTC.",
      ],
    ],
    [
      "the only one is covered, and one is no longer configured",
      answerOf([hsmView("a"), gone]),
      [
        "ok",
        "The HSM is covered",
        "Its newest verified backup is 7 h 38 min old. It stays covered until 09:00 UTC tomorrow.",
      ],
    ],
    [
      "the first backup runs",
      firstDay().hsms,
      ["bad", "The HSM is not covered", "contoso has no verified backup yet; one is running."],
    ],
    [
      "no backup was ever made",
      answerOf([hsmView("a", NONE), hsmView("b", { ...NONE, failuresInARow: 2 })]),
      ["bad", "Neither HSM is covered", "a has no verified backup yet. b has no verified backup yet; 2 tries failed."],
    ],
    [
      "one is rejected, one can't be read",
      answerOf([hsmView("contoso", { isConfigured: false }), hsmView("b", { problem: "unreadable" }), hsmView("c")], {
        problems: [REJECTED],
      }),
      [
        "bad",
        "2 of 3 HSMs are not covered",
        "contoso is not backed up: its setting is rejected. Nothing certain is known about b: see below. The other one is covered until 09:00 UTC tomorrow.",
      ],
    ],
    [
      "all are covered, but a setting is unknown",
      answerOf([hsmView("a"), hsmView("b")], { problems: [{ setting: "BACKUP_X", problem: "unknown" }] }),
      [
        "warn",
        "Both HSMs are covered",
        "1 setting needs attention. The newest verified backup of each is at most 7 h 38 min old. They stay covered until 09:00 UTC tomorrow.",
      ],
    ],
    [
      "none is configured",
      answerOf([gone]),
      ["bad", "No HSM is backed up", "BACKUP_HSM_URLS names no HSM that can be used."],
    ],
  ])("where %s", (_when, answer, expected) => {
    expect(words(answer)).toEqual(expected);
  });

  it("names three that are not covered, and counts the others", () => {
    const [, headline, sentence] = words(answerOf(["a", "b", "c", "d", "e"].map(overdue)));
    expect(headline).toBe("None of the 5 HSMs is covered");
    expect(sentence).toMatch(/^a has .* b has .* c has .* yesterday\. 2 others are not covered either\.$/);
  });
});
