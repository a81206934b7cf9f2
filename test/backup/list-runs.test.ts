import { describe, expect, it } from "vitest";
import { CallFailed } from "../../backup/call-failed.ts";
import { listLastRuns, listRunsOf } from "../../backup/find-runs.ts";
import { DAY, type Instant, after as momentAfter } from "../../backup/instant.ts";
import { cardName, recordName, writeCard, writeRecord } from "../../backup/ledger.ts";
import type { RunState } from "../../backup/run.ts";
import { makeRunId } from "../../backup/run-id.ts";
import { readingDeps } from "./reading-deps.ts";
import { activeRun, cardOf, failedRun, RUN_ID, SLOT, STARTED, succeededRun, summary } from "./samples.ts";

const idOf = (day: number): string => makeRunId(momentAfter(SLOT, day * DAY), 1, "aaaaaaaa");

/** A ledger with a run of contoso on each of seven days, every second one failed. */
async function sevenDays() {
  const made = readingDeps();
  for (let day = 0; day < 7; day++) {
    const changes = { id: idOf(day), slot: momentAfter(SLOT, day * DAY) };
    await writeRecord(made.deps, day % 2 === 0 ? succeededRun(changes) : failedRun(changes), null);
  }
  return made;
}

describe("listing the runs of one HSM", () => {
  const all = { state: undefined, marker: undefined, limit: 100 };

  it("gives the newest first, from one listing and no record", async () => {
    const { deps } = await sevenDays();
    const page = await listRunsOf(
      { ...deps, readBlob: () => Promise.reject(new Error("a record was read")) },
      "contoso",
      all,
    );
    expect(page.runs.map(({ id }) => id)).toEqual([6, 5, 4, 3, 2, 1, 0].map(idOf));
    expect(page.runs[0]).toMatchObject({
      hsm: "contoso",
      state: "Succeeded",
      bytes: 3_400_000,
      slot: momentAfter(SLOT, 6 * DAY),
    });
    expect(page.marker).toBeUndefined();
  });

  it("goes on after each page, with every run once", async () => {
    const { deps } = await sevenDays();
    const seen: string[] = [];
    let marker: string | undefined;
    do {
      const page = await listRunsOf(deps, "contoso", { state: undefined, marker, limit: 3 });
      expect(page.runs.length).toBeLessThanOrEqual(3);
      seen.push(...page.runs.map(({ id }) => id));
      marker = page.marker;
    } while (marker !== undefined);
    expect(seen).toEqual([6, 5, 4, 3, 2, 1, 0].map(idOf));
  });

  it("of one state may give a short page that still goes on", async () => {
    const { deps } = await sevenDays();
    const page = await listRunsOf(deps, "contoso", { state: "Failed", marker: undefined, limit: 3 });
    expect(page.runs.map(({ id }) => id)).toEqual([idOf(5)]);
    expect(page.marker).toBeDefined();
  });

  it("never gives those of an HSM whose name begins alike", async () => {
    const { deps } = await sevenDays();
    await writeRecord(deps, succeededRun({ hsm: "contoso2" }), null);
    expect((await listRunsOf(deps, "contoso", all)).runs).toHaveLength(7);
    expect((await listRunsOf(deps, "contoso2", all)).runs).toHaveLength(1);
    expect((await listRunsOf(deps, "con", all)).runs).toHaveLength(0);
  });

  it("names a record that isn't readable and leaves out what isn't ours, with the others still listed", async () => {
    const { deps, ledger } = await sevenDays();
    ledger.put(recordName("contoso", RUN_ID), "not JSON");
    ledger.put("runs/contoso/notes.txt", "hello");
    const { runs } = await listRunsOf(deps, "contoso", all);
    expect(runs).toHaveLength(8);
    expect(runs.find(({ id }) => id === RUN_ID)).toMatchObject({ state: "Unreadable", bytes: null });
  });
});

describe("listing the last runs of all HSMs", () => {
  const ended = (id: string, startedAt: Instant, state: "Succeeded" | "Failed" = "Succeeded") =>
    summary({ id, startedAt, state, key: "a-hash" });
  const cards = [
    cardOf({
      hsm: "contoso",
      active: activeRun({ key: "a-hash" }),
      runs: [ended(idOf(-1), momentAfter(STARTED, -DAY), "Failed")],
    }),
    cardOf({
      hsm: "fabrikam",
      runs: [ended(idOf(-2), momentAfter(STARTED, -2 * DAY)), ended(idOf(1), momentAfter(STARTED, DAY))],
    }),
  ];

  async function overview(wanted: { state?: RunState; limit?: number } = {}) {
    const { deps, ledger } = readingDeps();
    for (const card of cards) await writeCard(deps, card, null);
    ledger.put(cardName("left"), "damaged");
    return listLastRuns(deps, { state: wanted.state, limit: wanted.limit ?? 100 });
  }

  it("gives the newest first, with the one that runs, from the cards alone", async () => {
    const { runs } = await overview();
    expect(runs.map(({ hsm, id, state }) => [hsm, id, state])).toEqual([
      ["fabrikam", idOf(1), "Succeeded"],
      ["contoso", RUN_ID, "Starting"],
      ["contoso", idOf(-1), "Failed"],
      ["fabrikam", idOf(-2), "Succeeded"],
    ]);
  });

  it("is bounded, and may ask for one state", async () => {
    expect((await overview({ limit: 1 })).runs.map(({ id }) => id)).toEqual([idOf(1)]);
    expect((await overview({ state: "Failed" })).runs.map(({ id }) => id)).toEqual([idOf(-1)]);
  });

  it("names the card that can't be read", async () => {
    expect((await overview()).unreadable).toEqual(["left"]);
  });

  it("shows nobody's idempotency key, not even hashed", async () => {
    expect(JSON.stringify(await overview())).not.toContain("a-hash");
  });

  it("is empty where there is no card, and fails where the ledger is gone", async () => {
    const { deps, ledger } = readingDeps();
    expect(await listLastRuns(deps, { state: undefined, limit: 9 })).toEqual({ runs: [], unreadable: [] });
    ledger.deleteContainer();
    await expect(listLastRuns(deps, { state: undefined, limit: 9 })).rejects.toBeInstanceOf(CallFailed);
  });
});
