import type { Fact } from "../facts.ts";

export type MessageSeen = {
  readonly id: string;
  readonly host: number;
  readonly hsm: string;
  readonly run: string;
  readonly seq: number;
  readonly sentAt: number;
  readonly visibleAt: number;
};

/** The messages of every run, folded from the facts. */
export type Messages = {
  readonly see: (fact: Fact) => void;
  /** Every message that was ever sent. */
  readonly sent: ReadonlyMap<string, MessageSeen>;
  /** Those of a run that are in the queue or being worked on. */
  readonly liveOf: (run: string) => ReadonlySet<string>;
  /** Since when a run has had no message; undefined: it has one; the world's begin: it never had one. */
  readonly withoutSince: (run: string) => number | undefined;
};

const NONE: ReadonlySet<string> = new Set();

export function watchMessages(): Messages {
  const sent = new Map<string, MessageSeen>();
  const live = new Map<string, Set<string>>();
  const emptySince = new Map<string, number>();

  function gone(id: string, at: number): void {
    const run = sent.get(id)?.run;
    const left = run === undefined ? undefined : live.get(run);
    if (run === undefined || left === undefined || !left.delete(id)) return;
    if (left.size === 0) emptySince.set(run, at);
  }

  return {
    sent,
    liveOf: (run) => live.get(run) ?? NONE,
    withoutSince: (run) =>
      (live.get(run)?.size ?? 0) > 0 ? undefined : (emptySince.get(run) ?? Number.NEGATIVE_INFINITY),
    see(fact) {
      switch (fact.kind) {
        case "messageSent": {
          const { id, host, hsm, run, seq, visibleAt } = fact;
          sent.set(id, { id, host, hsm, run, seq, sentAt: fact.at, visibleAt });
          const others = live.get(run);
          if (others === undefined) live.set(run, new Set([id]));
          else others.add(id);
          return;
        }
        case "messageGone":
        case "messagePoisoned":
          return gone(fact.id, fact.at);
        default:
          return;
      }
    },
  };
}
