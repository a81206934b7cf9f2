import type { MakeCheck } from "../facts.ts";
import { watchFaults } from "./fault-model.ts";
import { watchLedger } from "./ledger-model.ts";
import { watchMessages } from "./message-model.ts";
import { LONGEST_FREEZE, START_GRACE } from "./spans.ts";
import { clock } from "./words.ts";

/**
 * A lost ETag is judged by reading again: what stands there may be one's own write, and wait for the message. A write that
 * takes effect only after that can't be known.
 */
export const neededMessage: MakeCheck = () => {
  const ledger = watchLedger();
  const messages = watchMessages();
  const faults = watchFaults();
  return {
    name: "a message that its record waits for is not taken back",
    see(fact) {
      faults.see(fact);
      ledger.see(fact);
      messages.see(fact);
      if (fact.kind !== "messageGone" || fact.how !== "takenBack") return [];
      const message = messages.sent.get(fact.id);
      const record = message && ledger.records.get(message.run);
      if (record === undefined || record.isEnded || record.messageId !== fact.id) return [];
      if (faults.struckSince(fact.at - LONGEST_FREEZE - START_GRACE, ["lateEffect", "freeze"])) return [];
      return [
        `message ${message?.seq} of ${record.id} of ${record.hsm} was taken back at ${clock(fact.at)}, and the record waits for it`,
      ];
    },
  };
};
