import type { Fact, FaultKind } from "../facts.ts";
import { NEVER } from "./ledger-model.ts";

/** Which faults struck when: what a check may take for an explanation. */
export type Faults = {
  readonly see: (fact: Fact) => void;
  /** Whether one of these kinds struck at `from` or later. */
  readonly struckSince: (from: number, kinds: readonly FaultKind[]) => boolean;
  readonly struckBetween: (from: number, to: number, kinds: readonly FaultKind[]) => boolean;
  /** Whether a call of this host was struck, or it died, at `from` or later. */
  readonly struckHost: (host: number, from: number) => boolean;
  readonly countSince: (from: number, kind: FaultKind) => number;
  /** How often one of these struck a call of this host. */
  readonly countOfHost: (host: number, from: number, kind: FaultKind) => number;
};

/** What a fault of one call or one clock says first. */
const OF_HOST = /^host (\d+):/;

export function watchFaults(): Faults {
  const struck = new Map<FaultKind, number[]>();
  const hosts = new Map<number, number>();
  const ofHosts = new Map<string, number[]>();
  const countSince = (from: number, kind: FaultKind): number => {
    const times = struck.get(kind) ?? [];
    let count = 0;
    while (count < times.length && (times[times.length - 1 - count] ?? 0) >= from) count++;
    return count;
  };
  return {
    see(fact) {
      if (fact.kind === "hostDied") hosts.set(fact.host, fact.at);
      if (fact.kind !== "fault") return;
      const host = OF_HOST.exec(fact.what)?.[1];
      if (host !== undefined) {
        hosts.set(Number(host), fact.at);
        const name = `${host} ${fact.fault}`;
        ofHosts.set(name, [...(ofHosts.get(name) ?? []), fact.at]);
      }
      const times = struck.get(fact.fault);
      if (times === undefined) struck.set(fact.fault, [fact.at]);
      else times.push(fact.at);
    },
    countSince,
    countOfHost: (host, from, kind) => (ofHosts.get(`${host} ${kind}`) ?? []).filter((at) => at >= from).length,
    struckHost: (host, from) => (hosts.get(host) ?? NEVER) >= from,
    struckBetween: (from, to, kinds) =>
      kinds.some((kind) => struck.get(kind)?.some((at) => at >= from && at <= to) ?? false),
    struckSince: (from, kinds) => kinds.some((kind) => countSince(from, kind) > 0),
  };
}

/** After these nobody may know how a call went, or who is still at it. */
export const UNSURE_CALLS = [
  "callFails",
  "answerLost",
  "timeout",
  "throttled",
  "slowCall",
  "lateEffect",
  "sentTwice",
  "crash",
  "freeze",
] as const satisfies readonly FaultKind[];

/** What keeps a step from reading or writing what it must. */
export const OUTAGES = [
  "queueDown",
  "queueStalled",
  "ledgerDown",
  "ledgerReadOnly",
  "ledgerDeleted",
  "hsmUnreachable",
  "identityDown",
  "rolesMissing",
  "queuePurged",
] as const satisfies readonly FaultKind[];

export const HANDS_ON_RECORDS = ["recordDamaged", "recordDeleted"] as const satisfies readonly FaultKind[];
