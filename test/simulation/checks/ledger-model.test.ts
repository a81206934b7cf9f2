import { describe, expect, it } from "vitest";
import {
  damagedCard,
  damagedRecord,
  HSM,
  minute,
  RUN,
  recordOf,
  SUCCEEDED,
  wroteCard,
  wroteRecord,
} from "./fact-samples.ts";
import { NEVER, watchLedger } from "./ledger-model.ts";

describe("the ledger as the checks see it", () => {
  it("knows how each record stands, and what stood there before", () => {
    const ledger = watchLedger();
    ledger.see(wroteRecord(0, RUN));
    const change = ledger.see(wroteRecord(10, RUN, SUCCEEDED));
    expect(change).toMatchObject({ kind: "record", run: RUN, byHand: false, isHandMade: false });
    expect(change?.before).toMatchObject({ state: "Starting", isEnded: false });
    expect(ledger.records.get(RUN)).toMatchObject({ state: "Succeeded", isEnded: true, blobCount: 2, bytes: 300 });
  });

  it("reads the same write alike for every check, and parses it once", () => {
    const fact = wroteCard(0);
    const [a, b] = [watchLedger().see(fact), watchLedger().see(fact)];
    expect(a?.kind === "card" && b?.kind === "card" && a.card === b.card).toBe(true);
  });

  it("tells what was done by hand, and what was written over it", () => {
    const ledger = watchLedger();
    ledger.see(wroteRecord(0, RUN));
    expect(ledger.recordLostAt(RUN)).toBe(NEVER);
    expect(ledger.see(damagedRecord(1, RUN, "{ garbage"))).toMatchObject({ byHand: true, record: undefined });
    expect(ledger.recordLostAt(RUN)).toBe(minute(1));
    expect(ledger.records.has(RUN)).toBe(false);
    expect(ledger.see(wroteRecord(2, RUN))).toMatchObject({ byHand: false, isHandMade: true, before: undefined });
    expect(ledger.see(wroteRecord(3, RUN))).toMatchObject({ isHandMade: false });
  });

  it("takes bytes of another HSM for no record of this one", () => {
    const ledger = watchLedger();
    ledger.see(damagedRecord(1, RUN, recordOf(RUN, { hsm: "another" })));
    expect(ledger.records.has(RUN)).toBe(false);
  });

  it("forgets everything with the ledger, and takes every card for lost", () => {
    const ledger = watchLedger();
    ledger.see(wroteCard(0));
    ledger.see(damagedCard(1, "{"));
    ledger.see({ at: minute(2), kind: "ledgerDeleted" });
    expect(ledger.cards.size + ledger.records.size).toBe(0);
    expect(ledger.cardLostAt(HSM)).toBe(minute(2));
    expect(ledger.cardLostAt("fabrikam")).toBe(minute(2));
  });
});
