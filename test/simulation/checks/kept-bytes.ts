import type { MakeCheck } from "../check.ts";
import { blobNameOf } from "./seen-blobs.ts";

const KEPT = "damaged/";
const NEWER = /"schemaVersion":2/;

/** Invariant 7: no port deletes anything; so what is left is not to write over what the app didn't write. */
export const keptBytes: MakeCheck = () => {
  const kept = new Set<string>();
  return {
    name: "damaged bytes are kept, and nothing that the app did not create is written over",
    see(fact, view, change) {
      if (fact.kind === "ledgerDeleted") kept.clear();
      if (fact.kind === "manifestWritten") {
        const run = /^(\S+)\.backup\.json$/.exec(fact.name)?.[1] ?? "";
        const record = view.ledger.records.get(run);
        const isOwn = fact.containerUrl === `${record?.storageUrl}/${record?.container}`;
        // An older state that was put back may name the account of before.
        const isLost = Math.max(view.ledger.recordLostAt(run), view.ledger.stateLostAt(record?.hsm ?? "")) > 0;
        return isOwn || isLost ? [] : [`${fact.name} was written into ${fact.containerUrl}`];
      }
      if (fact.kind !== "blobWritten") return [];
      if (fact.name.startsWith(KEPT)) kept.add(fact.body);
      if (change?.kind === "state") {
        const { before, beforeText, hsm } = change;
        // A newer version keeps what it reads in this version's words.
        const isCurrent = view.hosts.get(fact.host)?.version === "current";
        if (beforeText === undefined || before !== undefined || kept.has(beforeText) || !isCurrent) return [];
        return [`the damaged state of ${hsm} was written over, and its bytes are kept nowhere`];
      }
      const isKnown = blobNameOf(fact.name).kind === "record" || fact.name === "app.json" || fact.name.startsWith(KEPT);
      return isKnown ? [] : [`${fact.name} was written`];
    },
  };
};

/** `damaged` and `gone` are what was read, never what couldn't be. */
export const repairedOnly: MakeCheck = () => ({
  name: "a state is rebuilt only where it was damaged or gone: an outage is no damage",
  see(fact, view, change) {
    const lostAt = (hsm: string): number => view.ledger.stateLostAt(hsm);
    if (fact.kind === "logged" && fact.event.event === "ledger.repaired") {
      const hsm = blobNameOf(String(fact.event.blob));
      return hsm.kind === "state" && lostAt(hsm.hsm) > 0
        ? []
        : [`${String(fact.event.blob)} was repaired without need`];
    }
    if (change?.kind !== "state" || change.host === null) return [];
    const { before, after, hsm } = change;
    if (before !== undefined || after === undefined) return [];
    if (after.active !== null) return [`the state of ${hsm} was rebuilt with an active run`];
    const missing = [...view.ledger.records.values()].filter(
      (record) => record.hsm === hsm && record.schemaVersion === 1,
    );
    const known = after.runs.length >= 30 || missing.every(({ id }) => after.runs.some((run) => run.id === id));
    return known ? [] : [`the state of ${hsm} was rebuilt without all of its records`];
  },
});

/** A version judges only the states that it knows. */
export const newerStates: MakeCheck = () => ({
  name: "a state of a newer version is left alone, and reported",
  see(fact, view, change) {
    const versionOf = (host: number) => view.hosts.get(host)?.version;
    if (change?.kind === "state" && change.host !== null && versionOf(change.host) === "current")
      return NEWER.test(change.beforeText?.slice(0, 100) ?? "") || change.before?.schemaVersion === 2
        ? [`host ${change.host} writes over the newer state of ${change.hsm}`]
        : [];
    if (fact.kind !== "blobWritten" || !fact.name.startsWith(KEPT)) return [];
    return /^\{"schemaVersion":2/.test(fact.body) ? [`${fact.name}: a newer state is kept as damaged`] : [];
  },
});

/** A record is history. */
export const fixedRecords: MakeCheck = () => ({
  name: "a record never changes, and is what the run ended as",
  see(_fact, view, change) {
    if (change?.kind !== "record" || change.host === null) return [];
    const { run, hsm, beforeText, after } = change;
    if (beforeText !== undefined) return [`the record of ${run} of ${hsm} was written again`];
    const active = view.ledger.states.get(hsm)?.active;
    if (after === undefined) return [`the record of ${run} of ${hsm} isn't one of an ended run`];
    if (active?.id !== run || active.state === after.state) return [];
    return view.ledger.stateLostAt(hsm) > 0
      ? []
      : [`${run} of ${hsm} was recorded as ${after.state}, and is ${active.state}`];
  },
});
