import { describe, expect, it } from "vitest";
import { pauseBeforeNext } from "../../../../desk/page/live/pause.ts";
import { remedyOf } from "../../../../desk/page/view/remedy.ts";
import { doubtWords, progressOf, progressWords } from "../../../../desk/page/view/running.ts";
import { timeLineOf } from "../../../../desk/page/view/time-line.ts";
import { NOW, recordOf } from "../samples.ts";
import { ROLE_REMEDY, running } from "../scenes.ts";

const active = running().active;
if (active === null) throw new Error("The sample runs.");

describe("a run that is active", () => {
  it("is compared with what is usual, and is never over before its end is known", () => {
    expect(progressWords(active, 672, NOW)).toBe("4 min 10 s of usually 11 min");
    expect(progressWords(active, null, NOW)).toBe("4 min 10 s");
    expect(progressOf(active, 500, NOW)).toBe(0.5);
    expect(progressOf(active, 60, NOW)).toBe(0.97);
    expect(progressOf(active, null, NOW)).toBeNull();
  });

  it("says why its last step did not get further, in a word of the app's where it knows no other", () => {
    expect(doubtWords("busy")).toBe("The HSM is busy with another backup or restore: the app tries again.");
    expect(doubtWords("newWord")).toBe("The last step ended with newWord: the app tries again.");
  });
});

describe("the time line of a run", () => {
  it("has each attempt, and the end with what was counted", () => {
    expect(timeLineOf(recordOf("contoso")).map(({ afterSeconds, words }) => [afterSeconds, words])).toEqual([
      [0, "Reserved"],
      [1, "Attempt 1: busy (HTTP 409)"],
      [61, "Attempt 2: accepted"],
      [673, "Succeeded after 12 looks at the job: 14 blobs, 48.2 MB, counted"],
    ]);
  });

  it("of one that runs or failed says so", () => {
    const attempts = [{ at: "2026-11-30T02:03:21.000Z", outcome: null }];
    const runs = recordOf("contoso", { slot: null, endedAt: null, state: "InProgress", attempts, looks: 1 });
    expect(timeLineOf(runs).map(({ words }) => words)).toEqual([
      "Reserved by hand; 1 look at the job so far",
      "Attempt: whether the HSM took it is not known",
    ]);
    expect(timeLineOf(recordOf("contoso", { state: "Failed", looks: 0 })).at(-1)?.words).toBe("Failed");
  });
});

describe("a remedy", () => {
  it("gives the command at its end, and those in brackets, to be copied", () => {
    const { text, commands } = remedyOf(ROLE_REMEDY);
    expect(text).toBe("Grant the app's identity the HSM's local role; it takes minutes to take effect:");
    expect(commands).toEqual([expect.stringMatching(/^az keyvault role assignment create .* ServicePrincipal$/)]);
    expect(remedyOf("Join the network, or open it (az keyvault update-hsm --hsm-name a).")).toEqual({
      text: "Join the network, or open it.",
      commands: ["az keyvault update-hsm --hsm-name a"],
    });
    expect(remedyOf("Nothing to do (yet): wait.")).toEqual({ text: "Nothing to do (yet): wait.", commands: [] });
  });
});

describe("the pause before the next poll", () => {
  it.each([
    [0, false, null, 30_000],
    [0, true, null, 5_000],
    [1, true, null, 5_000],
    [3, false, null, 20_000],
    [20, false, null, 300_000],
    [1, false, 60_000, 60_000],
    [1, false, 86_400_000, 3_600_000],
  ])("after %d failures, with a run: %s, Retry-After: %s is %d ms", (failures, isRunning, retryAfter, pause) => {
    expect(pauseBeforeNext(failures, isRunning, retryAfter)).toBe(pause);
  });
});
