import type { MakeCheck } from "../facts.ts";
import { NEVER, watchLedger } from "./ledger-model.ts";
import { watchMessages } from "./message-model.ts";
import { MINUTE } from "./spans.ts";
import { clock } from "./words.ts";

/** A host that reconciles may be the one that wrote the end: then its messages of this run say nothing. */
const RECONCILES_FOR = 2 * MINUTE;

/**
 * Reconcile finishes what a dead host left, minutes later; a host that lives doesn't count on that. Judged where it is
 * certain which message wrote the end: it is worked on once, and alone of its run on its host.
 */
export const finishedByWriter: MakeCheck = () => {
  const ledger = watchLedger();
  const messages = watchMessages();
  // Every host that a message was brought to and that may be at it still.
  const workedOn = new Map<string, ReadonlySet<number>>();
  const deliveredAgain = new Set<string>();
  const wroteEnd = new Map<string, { readonly host: number; readonly at: number }>();
  const reconciledAt = new Map<number, number>();

  /** The message whose step has written the end of its run, if only one can have done so. */
  function writerOf(run: string, host: number, at: number): string | undefined {
    if ((reconciledAt.get(host) ?? NEVER) > at - RECONCILES_FOR) return undefined;
    const atWork = [...workedOn].filter(([id, by]) => by.has(host) && messages.sent.get(id)?.run === run);
    const [only] = atWork;
    return atWork.length === 1 && only !== undefined && !deliveredAgain.has(only[0]) ? only[0] : undefined;
  }

  return {
    name: "who writes an end gives the card back before he is done",
    see(fact) {
      messages.see(fact);
      const change = ledger.see(fact);
      switch (fact.kind) {
        case "timerFired":
          reconciledAt.set(fact.host, fact.at);
          return [];
        case "messageDelivered":
          if (workedOn.has(fact.id)) deliveredAgain.add(fact.id);
          workedOn.set(fact.id, new Set([...(workedOn.get(fact.id) ?? []), fact.host]));
          return [];
        case "hostDied":
          for (const [id, by] of workedOn) if (by.has(fact.host)) deliveredAgain.add(id);
          return [];
        case "blobWritten": {
          if (change?.kind !== "record" || !change.record?.isEnded || change.before?.isEnded) return [];
          const writer = writerOf(change.run, fact.host, fact.at);
          if (writer !== undefined) wroteEnd.set(writer, fact);
          return [];
        }
        case "messageGone": {
          workedOn.delete(fact.id);
          const message = messages.sent.get(fact.id);
          const end = wroteEnd.get(fact.id);
          if (fact.how !== "done" || message === undefined || end === undefined || deliveredAgain.has(fact.id))
            return [];
          const { hsm, run } = message;
          const isLost = Math.max(ledger.cardLostAt(hsm), ledger.recordLostAt(run)) > NEVER;
          if (isLost || ledger.cards.get(hsm)?.active?.id !== run) return [];
          return [
            `${run} of ${hsm} was ended at ${clock(end.at)} by host ${end.host}, which is done with it, and still has the card`,
          ];
        }
        default:
          return [];
      }
    },
  };
};
