import type { MakeCheck } from "../facts.ts";
import { watchMessages } from "./message-model.ts";
import { MINUTE } from "./spans.ts";
import { clock } from "./words.ts";

/** A dead host's poison message is hidden for ten minutes. */
const TOLD_WITHIN = 15 * MINUTE;
/** Only this one may throw: so the host delivers its message again. */
const MAY_THROW = "followBackup";
/** What a step makes the best of, or does without; it fails for the ledger and the queue alone. */
const MADE_THE_BEST_OF =
  /^could not (create the container|list the folder|write beside the backup|start a full backup|look at a backup job) /;
const UNFORESEEN = 500;

/**
 * Nothing fails in silence: poison is told, the timer never throws, no step fails for what it can do without, and no answer
 * is one that nobody foresaw.
 */
export const toldFailures: MakeCheck = () => {
  const messages = watchMessages();
  const poisoned = new Map<string, number>();
  return {
    name: "nothing fails untold: poison is told, reconcile never throws, no answer is 500",
    see(fact) {
      messages.see(fact);
      switch (fact.kind) {
        case "messagePoisoned":
          poisoned.set(fact.id, fact.at);
          return [];
        case "fault":
          if (fact.fault === "queuePurged") poisoned.clear();
          return [];
        case "logged":
          if (fact.event.event !== "backup.poisoned") return [];
          for (const id of poisoned.keys()) {
            // One of a newer version names no run.
            if (fact.event.run !== null && messages.sent.get(id)?.run !== fact.event.run) continue;
            poisoned.delete(id);
            break;
          }
          return [];
        case "handlerThrew":
          return fact.handler === MAY_THROW && !MADE_THE_BEST_OF.test(fact.message)
            ? []
            : [`${fact.handler} of host ${fact.host} threw at ${clock(fact.at)}: ${fact.message}`];
        case "postAnswered":
          return fact.status === UNFORESEEN
            ? [`POST ${fact.post} for ${fact.hsm} was answered 500 at ${clock(fact.at)}`]
            : [];
        case "healthAnswered":
          return fact.status === UNFORESEEN ? [`health was answered 500 at ${clock(fact.at)}`] : [];
        default:
          return [];
      }
    },
    atEnd: (view) =>
      [...poisoned].flatMap(([id, at]) => {
        const message = messages.sent.get(id);
        return at + TOLD_WITHIN > view.now
          ? []
          : [
              `message ${message?.seq} of ${message?.run} of ${message?.hsm} went to poison at ${clock(at)}, which was never told`,
            ];
      }),
  };
};
