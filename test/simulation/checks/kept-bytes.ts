import { readCardText } from "../../../backup/card.ts";
import { readRecordText } from "../../../backup/record.ts";
import type { MakeCheck, View } from "../facts.ts";
import { type BlobName, blobNameOf } from "./ledger-words.ts";

const KEPT = "damaged/";
/** What a run is ended with whose record is of a newer version, or can't be read. */
const UNREADABLE = '"recordUnreadable"';

const NEWER = '"schemaVersion":2';

/** The product's own reading says what can't be read: that is what this promise is about. */
function isReadable(name: BlobName, body: string): boolean {
  switch (name.kind) {
    case "card":
      return readCardText(body, name.hsm).outcome === "card";
    case "record":
      return readRecordText(body, name.hsm, name.run).outcome === "run";
    case "other":
      return true;
  }
}

/** Whoever writes over bytes that can't be read has kept them before; and what is needed is made good. */
export const keptBytes: MakeCheck = () => {
  const unreadable = new Map<string, string>();
  const newest = new Map<string, string>();
  const kept = new Set<string>();
  return {
    name: "what can't be read is kept byte for byte, and made good",
    see(fact) {
      switch (fact.kind) {
        case "ledgerDeleted":
          unreadable.clear();
          newest.clear();
          kept.clear();
          return [];
        case "blobDamaged":
          if (fact.body !== null && !isReadable(blobNameOf(fact.name), fact.body)) unreadable.set(fact.name, fact.body);
          else unreadable.delete(fact.name);
          return [];
        case "blobWritten": {
          if (fact.name.startsWith(KEPT)) kept.add(fact.body);
          const before = fact.body.includes(UNREADABLE) ? newest.get(fact.name) : undefined;
          const lost = unreadable.get(fact.name) ?? (before?.includes(UNREADABLE) ? undefined : before);
          unreadable.delete(fact.name);
          newest.set(fact.name, fact.body);
          // The simulated newer version reads its own records in this version's words, and keeps those.
          const isNewer = fact.body.includes(NEWER);
          return lost === undefined || kept.has(lost) || isNewer
            ? []
            : [`${fact.name} couldn't be read and was written over; its bytes are nowhere: ${lost.slice(0, 40)}`];
        }
        default:
          return [];
      }
    },
    atEnd: (view) => view.hsms.flatMap((hsm) => leftUnreadable(view, hsm)),
  };
};

function leftUnreadable(view: View, hsm: string): readonly string[] {
  const card = view.ledger.get(`hsms/${hsm}.json`);
  if (card === undefined) return [`${hsm} has no card at the end`];
  const read = readCardText(card, hsm);
  return read.outcome === "card" ? [] : [`the card of ${hsm} can't be read still: ${read.problem}`];
}
