import { describe, expect, it } from "vitest";
import { after, DAY, HOUR, MINUTE } from "../../../backup/model/instant.ts";
import { failuresInARow, newestSuccessOf, REMEMBERED_RUNS, summaryOf, withEnded } from "../../../backup/model/state.ts";
import { RUN_ID, recordOf, SLOT, STARTED, startingRun, stateOf, success, summary } from "../samples.ts";

const NOW = new Date(after(SLOT, DAY));
const run = (n: number) => `20261123T02${String(n).padStart(2, "0")}00Z-m-aaaaaaaa`;

describe("an ended run that is folded into a state", () => {
  it("releases the state, and is listed before the runs that ended earlier", () => {
    const state = stateOf({ active: startingRun(), runs: [summary({ id: run(1) })] });
    const folded = withEnded(state, summaryOf(recordOf(), "hash"), NOW);
    expect(folded.active).toBeNull();
    expect(folded.runs.map(({ id }) => id)).toEqual([RUN_ID, run(1)]);
    expect(folded.runs[0]).toEqual(success(STARTED, { endedAt: recordOf().endedAt, key: "hash" }));
    expect(folded.newestSuccess?.id).toBe(RUN_ID);
    expect(folded.successSeconds).toEqual([240]);
  });

  it("is listed once, however often it is folded in", () => {
    const once = withEnded(stateOf(), summary(), NOW);
    expect(withEnded(once, summary(), NOW).runs).toEqual(once.runs);
  });

  it("without success leaves the newest success and the usual durations as they were", () => {
    const state = stateOf({ newestSuccess: success(STARTED), successSeconds: [240] });
    const folded = withEnded(state, summary(), NOW);
    expect(folded).toMatchObject({ newestSuccess: state.newestSuccess, successSeconds: [240] });
  });

  it("pushes the oldest out: 30 runs are remembered, and ten durations", () => {
    let state = stateOf();
    for (let n = 0; n < 40; n++) state = withEnded(state, success(after(SLOT, n * MINUTE), { id: run(n) }), NOW);
    expect(state.runs).toHaveLength(REMEMBERED_RUNS);
    expect(state.runs[0]?.id).toBe(run(39));
    expect(state.successSeconds).toHaveLength(10);
  });

  it("keeps how long the last ten jobs of successes took, where that is known", () => {
    let state = withEnded(stateOf(), success(SLOT), NOW, 70);
    for (let n = 0; n < 12; n++) state = withEnded(state, success(SLOT, { id: run(n) }), NOW, n);
    expect(state.jobSeconds).toEqual([11, 10, 9, 8, 7, 6, 5, 4, 3, 2]);
    expect(withEnded(state, success(SLOT), NOW).jobSeconds).toEqual(state.jobSeconds);
    expect(withEnded(state, summary(), NOW, 5).jobSeconds).toEqual(state.jobSeconds);
  });

  it("keeps what a newer version added to the state", () => {
    const state = { ...stateOf(), colour: "red" };
    expect(withEnded(state, summary(), NOW)).toMatchObject({ colour: "red" });
  });
});

describe("the newest verified success", () => {
  it("is the one that was started last, wherever it is listed", () => {
    const [older, newer] = [success(SLOT), success(after(SLOT, HOUR))];
    expect(newestSuccessOf({ newestSuccess: older, runs: [newer] }, NOW)).toBe(newer);
    expect(newestSuccessOf({ newestSuccess: newer, runs: [older] }, NOW)).toBe(newer);
    expect(newestSuccessOf({ newestSuccess: null, runs: [older, newer] }, NOW)).toBe(newer);
  });

  it("is never a run that ended otherwise, nor one that was started more than an hour ahead", () => {
    expect(newestSuccessOf({ newestSuccess: summary(), runs: [summary()] }, NOW)).toBeNull();
    expect(newestSuccessOf({ newestSuccess: success(after(NOW, HOUR + 1)), runs: [] }, NOW)).toBeNull();
    expect(newestSuccessOf({ newestSuccess: success(after(NOW, HOUR)), runs: [] }, NOW)).not.toBeNull();
  });
});

describe("failures in a row", () => {
  it.each([
    [0, [success(SLOT), summary()]],
    [2, [summary(), summary({ state: "TimedOut" }), success(SLOT), summary()]],
    [1, [summary({ state: "Canceled" })]],
    [0, []],
  ])("are %d since the last success", (expected, runs) => {
    expect(failuresInARow(stateOf({ runs }))).toBe(expected);
  });
});
