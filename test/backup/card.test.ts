import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { giveBack, newCard, readCardText, summarize } from "../../backup/card.ts";
import { activeRun, cardOf, failedRun, RUN_ID, SINCE, SLOT, STARTED, STORAGE, summary } from "./samples.ts";

const KEY = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

const read = (card: unknown) => readCardText(JSON.stringify(card), "contoso");

const full = cardOf({
  active: activeRun({ key: KEY, trigger: "manual", slot: null }),
  newestSuccess: summary({ state: "Succeeded", blobCount: 12, bytes: 3_400_000 }),
  runs: [summary(), summary({ id: "20261122T020000Z-1-aaaaaaaa", state: "TimedOut", key: KEY })],
  failuresInARow: 2,
  untold: [{ slot: SLOT, at: STARTED }],
  leftAt: STARTED,
});

describe("a card", () => {
  it.each([
    ["new", newCard("contoso", SINCE)],
    ["full", full],
  ])("that is %s comes back as it was", (_what, card) => {
    expect(read(card)).toEqual({ outcome: "card", card });
  });

  it("of an HSM that nobody has seen before starts at this moment, free", () => {
    const expected = { hsm: "contoso", since: SINCE, judgedUntil: SINCE, active: null, newestSuccess: null, runs: [] };
    expect(newCard("contoso", SINCE)).toMatchObject({ ...expected, failuresInARow: 0, untold: [], leftAt: null });
  });

  it("keeps the fields that it doesn't know, at every level", () => {
    const newer = {
      ...full,
      schemaVersion: 2,
      paused: true,
      active: { ...full.active, region: "west" },
      newestSuccess: { ...full.newestSuccess, checksum: "c0" },
      runs: full.runs.map((run) => ({ ...run, checksum: "c1" })),
      untold: full.untold.map((slot) => ({ ...slot, told: 1 })),
    };
    expect(read(newer)).toEqual({ outcome: "card", card: newer });
  });

  it("of a newer version keeps what is new in it when it is given back", () => {
    const newer = {
      ...full,
      active: activeRun(),
      schemaVersion: 2,
      paused: true,
      runs: [{ ...summary({ id: "20260101T020000Z-1-aaaaaaaa" }), checksum: "c1" }],
    };
    const outcome = read(newer);
    if (outcome.outcome !== "card") throw new Error(outcome.problem);
    const given = giveBack(outcome.card, summarize(failedRun(), null), STARTED);
    expect(given).toMatchObject({ schemaVersion: 2, paused: true, runs: [{ id: RUN_ID }, { checksum: "c1" }] });
  });
});

const WRONG: readonly [field: string, values: readonly unknown[]][] = [
  ["schemaVersion", ["1", null, -1]],
  ["hsm", [null, 7, "fabrikam"]],
  ["since", [null, "once"]],
  ["judgedUntil", [null, 0]],
  ["active", ["run", [], 7]],
  ["newestSuccess", ["run", []]],
  ["runs", [null, {}, [null], ["run"]]],
  ["failuresInARow", [null, -1, "2"]],
  ["untold", [null, [SLOT]]],
  ["leftAt", ["yesterday", false]],
];
const WRONG_ACTIVE: readonly [field: string, value: unknown][] = [
  ["id", 7],
  ["id", "../../hsms/fabrikam"],
  ["slot", "yesterday"],
  ["trigger", "timer"],
  ["key", 7],
  ["at", null],
  ["deadlineAt", "later"],
  ["storageUrl", null],
  ["storageUrl", "not a URL"],
  ["container", 7],
  ["traceparent", 7],
];
const WRONG_SUMMARY: readonly [field: string, value: unknown][] = [
  ["id", null],
  ["slot", 7],
  ["trigger", null],
  ["key", 7],
  ["state", "Starting"],
  ["startedAt", null],
  ["endedAt", null],
  ["blobCount", -1],
  ["bytes", "many"],
];

describe("a card that can't be read", () => {
  it.each(WRONG)("names %s", (field, values) => {
    const all: Record<string, unknown> = full;
    const { [field]: _left, ...without } = all;
    for (const card of [without, ...values.map((value) => ({ ...without, [field]: value }))]) {
      expect(read(card)).toMatchObject({ outcome: "unreadable", problem: expect.stringContaining(field) });
    }
  });

  it.each(WRONG_ACTIVE)("names %s of its active run, when that is %j", (field, value) => {
    const card = { ...full, active: { ...activeRun(), [field]: value } };
    expect(read(card)).toMatchObject({ outcome: "unreadable", problem: expect.stringContaining(field) });
  });

  it.each(WRONG_SUMMARY)("names %s of a run, when that is %j", (field, value) => {
    const wrong = { ...summary(), [field]: value };
    for (const card of [
      { ...full, runs: [summary(), wrong] },
      { ...full, newestSuccess: wrong },
    ]) {
      expect(read(card)).toMatchObject({ outcome: "unreadable", problem: expect.stringContaining(field) });
    }
  });

  it.each([
    ["empty", "", "JSON"],
    ["cut off", JSON.stringify(full).slice(0, 80), "JSON"],
    ["a list", "[]", "card"],
    ["null", "null", "card"],
  ])("may be %s", (_what, json, named) => {
    expect(readCardText(json, "contoso")).toMatchObject({
      outcome: "unreadable",
      problem: expect.stringContaining(named),
    });
  });

  it("never throws, whatever its text is", () => {
    const anyField = fc.constantFrom(...Object.keys(full));
    const changed = fc
      .tuple(anyField, fc.jsonValue())
      .map(([field, value]) => JSON.stringify({ ...full, [field]: value }));
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), changed), (text) => {
        expect(["card", "unreadable"]).toContain(readCardText(text, "contoso").outcome);
      }),
      { numRuns: 500 },
    );
  });

  it("says nothing secret of what stood there", () => {
    const outcome = read({ ...full, since: `${STORAGE}/c?sig=topSecretSignature` });
    expect(outcome).toMatchObject({ outcome: "unreadable" });
    expect(JSON.stringify(outcome)).not.toContain("topSecretSignature");
  });
});
