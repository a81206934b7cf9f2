import type { Fact } from "../facts.ts";
import {
  type BlobName,
  blobNameOf,
  type CardSeen,
  type RecordSeen,
  readCardWords,
  readRecordWords,
} from "./ledger-words.ts";

/** A card or record that was written, by a host or by hand, and what stood there before. Undefined: nothing, or nothing that can be read. */
export type Change = { readonly at: number; readonly byHand: boolean; readonly isHandMade: boolean } & (
  | {
      readonly kind: "card";
      readonly hsm: string;
      readonly before: CardSeen | undefined;
      readonly card: CardSeen | undefined;
    }
  | {
      readonly kind: "record";
      readonly hsm: string;
      readonly run: string;
      readonly before: RecordSeen | undefined;
      readonly record: RecordSeen | undefined;
    }
);

/** How cards and records stand, folded from the facts, and what was done to them by hand. */
export type Ledger = {
  /** Takes the next fact in; gives what it changed of a card or record. */
  readonly see: (fact: Fact) => Change | undefined;
  readonly cards: ReadonlyMap<string, CardSeen>;
  /** By run id. */
  readonly records: ReadonlyMap<string, RecordSeen>;
  /** When the HSM's card was last damaged or deleted by hand, or the whole ledger was; never: long ago. */
  readonly cardLostAt: (hsm: string) => number;
  /** The same for a run's record. */
  readonly recordLostAt: (run: string) => number;
};

export const NEVER = Number.NEGATIVE_INFINITY;

export function watchLedger(): Ledger {
  const cards = new Map<string, CardSeen>();
  const records = new Map<string, RecordSeen>();
  const cardsLost = new Map<string, number>();
  const recordsLost = new Map<string, number>();
  // Blobs whose text comes from somebody's hand: what follows from it isn't judged by what it says.
  const handMade = new Set<string>();
  let ledgerLostAt = NEVER;

  const put = <T>(into: Map<string, T>, key: string, value: T | undefined): void => {
    if (value === undefined) into.delete(key);
    else into.set(key, value);
  };

  function change(at: number, byHand: boolean, name: string, seen: Seen): Change | undefined {
    const isHandMade = handMade.has(name);
    if (byHand) handMade.add(name);
    else handMade.delete(name);
    switch (seen.kind) {
      case "card": {
        const { hsm, card } = seen;
        const before = cards.get(hsm);
        put(cards, hsm, card);
        if (byHand) cardsLost.set(hsm, at);
        return { kind: "card", at, byHand, isHandMade, hsm, before, card };
      }
      case "record": {
        const { hsm, run, record } = seen;
        const before = records.get(run);
        put(records, run, record);
        if (byHand) recordsLost.set(run, at);
        return { kind: "record", at, byHand, isHandMade, hsm, run, before, record };
      }
      case "other":
        return undefined;
    }
  }

  return {
    cards,
    records,
    cardLostAt: (hsm) => Math.max(cardsLost.get(hsm) ?? NEVER, ledgerLostAt),
    recordLostAt: (run) => Math.max(recordsLost.get(run) ?? NEVER, ledgerLostAt),
    see(fact) {
      switch (fact.kind) {
        case "blobWritten":
          return change(fact.at, false, fact.name, seenOf(fact, fact.name, fact.body));
        case "blobDamaged":
          return change(fact.at, true, fact.name, seenOf(fact, fact.name, fact.body));
        case "ledgerDeleted":
          ledgerLostAt = fact.at;
          cards.clear();
          records.clear();
          handMade.clear();
          return undefined;
        default:
          return undefined;
      }
    },
  };
}

type Seen =
  | { readonly kind: "card"; readonly hsm: string; readonly card: CardSeen | undefined }
  | { readonly kind: "record"; readonly hsm: string; readonly run: string; readonly record: RecordSeen | undefined }
  | { readonly kind: "other" };

// Every check folds for itself, but each text is parsed once.
const PARSED = new WeakMap<Fact, Seen>();

function seenOf(fact: Fact, name: string, body: string | null): Seen {
  const known = PARSED.get(fact);
  if (known !== undefined) return known;
  const seen = parse(blobNameOf(name), body);
  PARSED.set(fact, seen);
  return seen;
}

function parse(name: BlobName, body: string | null): Seen {
  switch (name.kind) {
    case "card": {
      const card = body === null ? undefined : readCardWords(body);
      // Bytes of another HSM's card are no card of this one.
      return { ...name, card: card?.hsm === name.hsm ? card : undefined };
    }
    case "record": {
      const record = body === null ? undefined : readRecordWords(body);
      return { ...name, record: record?.hsm === name.hsm && record.id === name.run ? record : undefined };
    }
    case "other":
      return name;
  }
}
