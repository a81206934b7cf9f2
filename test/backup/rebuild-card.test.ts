import { describe, expect, it } from "vitest";
import { summarize } from "../../backup/card.ts";
import type { Deps } from "../../backup/deps.ts";
import { DAY, HOUR, MINUTE, after as momentAfter } from "../../backup/instant.ts";
import { cardName, recordName, writeRecord } from "../../backup/ledger.ts";
import { readOrMakeCard } from "../../backup/make-card.ts";
import { makeRunId } from "../../backup/run-id.ts";
import { readingDeps } from "./reading-deps.ts";
import { failedRun, runningRun, SLOT, STARTED, succeededRun } from "./samples.ts";

const failedDaysAgo = (days: number) => {
  const slot = momentAfter(SLOT, -days * DAY);
  const startedAt = momentAfter(STARTED, -days * DAY);
  return failedRun({
    id: makeRunId(slot, 1, "aaaaaaaa"),
    slot,
    startedAt,
    endedAt: momentAfter(startedAt, HOUR),
    deadlineAt: momentAfter(startedAt, 6 * HOUR),
  });
};

async function cardAfter(write: (deps: Deps) => Promise<unknown>, now = momentAfter(STARTED, 30 * MINUTE)) {
  const { deps } = readingDeps({ now: () => new Date(now), log: () => {} });
  await write(deps);
  return { deps, card: (await readOrMakeCard(deps, "contoso")).value };
}

describe("a card that is gone or can't be read", () => {
  it("is that of a new HSM where there are no records", async () => {
    const { card } = await cardAfter(async () => {});
    expect(card).toMatchObject({
      since: momentAfter(STARTED, 30 * MINUTE),
      active: null,
      runs: [],
      newestSuccess: null,
    });
  });

  it("has the run that hasn't ended again, so that somebody follows it", async () => {
    const { card } = await cardAfter(async (deps) => {
      await writeRecord(deps, failedDaysAgo(2), null);
      await writeRecord(deps, runningRun(), null);
    });
    expect(card.active).toMatchObject({ id: runningRun().id, deadlineAt: runningRun().deadlineAt });
    expect(card.runs.map(({ id }) => id)).toEqual([failedDaysAgo(2).id]);
    expect(card.since).toBe(failedDaysAgo(2).startedAt);
  });

  it("leaves out a run that ended beside the one to finish, to be found and told", async () => {
    const early = failedRun();
    const late = failedDaysAgo(0);
    const beside = { ...late, id: makeRunId(SLOT, 2, "bbbbbbbb"), endedAt: momentAfter(early.endedAt, MINUTE) };
    const { card } = await cardAfter(async (deps) => {
      await writeRecord(deps, failedDaysAgo(2), null);
      await writeRecord(deps, early, null);
      await writeRecord(deps, beside, null);
    });
    expect(card.active?.id).toBe(beside.id);
    expect(card.runs.map(({ id }) => id)).toEqual([failedDaysAgo(2).id]);
  });

  it("leaves out what ended within a day, which may be told by nobody where cards are lost again and again", async () => {
    const threeDays = async (deps: Deps): Promise<void> => {
      for (const days of [2, 1, 0]) await writeRecord(deps, failedDaysAgo(days), null);
    };
    const known = async (now: string): Promise<readonly string[]> => {
      const { card } = await cardAfter(threeDays, now);
      expect(card.active?.id).toBe(failedDaysAgo(0).id);
      return card.runs.map(({ id }) => id);
    };
    const [dayAgo, twoDaysAgo] = [failedDaysAgo(1).id, failedDaysAgo(2).id];
    expect(await known(momentAfter(STARTED, 2 * HOUR))).toEqual([dayAgo, twoDaysAgo]);
    expect(await known(momentAfter(STARTED, HOUR - MINUTE))).toEqual([twoDaysAgo]);
  });

  it("has as its newest success the one that began last, whichever ended last", async () => {
    const { id, slot, startedAt, deadlineAt } = failedDaysAgo(2);
    const long = succeededRun({ id, slot, startedAt, deadlineAt, endedAt: momentAfter(startedAt, 2 * HOUR) });
    const begunLast = momentAfter(startedAt, HOUR);
    const short = succeededRun({
      id: makeRunId(begunLast, 0, "cccccccc"),
      slot: null,
      startedAt: begunLast,
      deadlineAt: momentAfter(begunLast, 6 * HOUR),
      endedAt: momentAfter(begunLast, MINUTE),
    });
    const { card } = await cardAfter(async (deps) => {
      await writeRecord(deps, long, null);
      await writeRecord(deps, short, null);
      await writeRecord(deps, failedDaysAgo(1), null);
    });
    expect(card.newestSuccess?.id).toBe(short.id);
  });

  it("finds its newest success behind more failures than it remembers", async () => {
    const { id, slot, startedAt, endedAt, deadlineAt } = failedDaysAgo(45);
    const success = succeededRun({ id, slot, startedAt, endedAt, deadlineAt });
    const { card } = await cardAfter(async (deps) => {
      await writeRecord(deps, success, null);
      for (let days = 44; days >= 1; days--) await writeRecord(deps, failedDaysAgo(days), null);
    });
    expect(card.newestSuccess?.id).toBe(success.id);
    expect(card.since).toBe(success.startedAt);
    expect(card.runs).toHaveLength(29);
    expect(card.failuresInARow).toBe(29);
  });

  it("judges the slot of the newest run again, so that it is told where that failed", async () => {
    const { card } = await cardAfter((deps) => writeRecord(deps, failedDaysAgo(2), null));
    expect(card.judgedUntil).toBe(failedDaysAgo(2).slot);
  });

  it("remembers the success of a newer version of the app by its listing, and has nothing to go on with", async () => {
    const run = succeededRun();
    const { card } = await cardAfter(async (deps) => {
      await writeRecord(
        { ...deps, writeBlob: (blob) => deps.writeBlob({ ...blob, body: `{"schemaVersion":2,"id":"${run.id}"}` }) },
        run,
        null,
      );
    });
    expect(card.active).toBeNull();
    expect(card.newestSuccess).toEqual(summarize(run, null));
  });

  it("has the newest run again where its record can't be read, so that it reaches an end", async () => {
    const { id } = failedDaysAgo(0);
    const { deps, card } = await cardAfter(async (all) => {
      await all.writeBlob({ name: recordName("contoso", id), body: "damaged", onlyIf: "absent" });
    });
    expect(card.active).toMatchObject({ id, slot: SLOT, trigger: "schedule" });
    expect(card.active?.deadlineAt).toBe(momentAfter(SLOT, deps.settings.deadline));
  });

  it("keeps the bytes of a card that can't be read", async () => {
    const { deps } = await cardAfter((all) =>
      all.writeBlob({ name: cardName("contoso"), body: "{", onlyIf: "absent" }),
    );
    const { blobs } = await deps.listBlobs("damaged/", undefined, 10);
    expect(blobs).toHaveLength(1);
    const kept = await deps.readBlob(blobs[0]?.name ?? "");
    expect(kept.outcome === "found" && new TextDecoder().decode(kept.body)).toBe("{");
  });
});
