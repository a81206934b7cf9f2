import type { MakeCheck } from "../facts.ts";
import { watchMessages } from "./message-model.ts";
import { MINUTE, SECOND, WAKE_UP_LIFETIME } from "./spans.ts";
import { clock } from "./words.ts";

/** A wake-up is sent before it is told, by the same host; with the longest call and a process that stood still in between. */
const TOLD_WITHIN = 15 * MINUTE;

/** Wake-ups are sent whether or not somebody follows: so they must go by themselves. */
export const wakeUpLives: MakeCheck = () => {
  const messages = watchMessages();
  const wakeUps = new Set<string>();
  const newest = new Map<string, string>();
  return {
    name: "a wake-up has its record's number, and lives ten minutes",
    see(fact) {
      messages.see(fact);
      switch (fact.kind) {
        case "messageSent":
          if (fact.visibleAt <= fact.at + SECOND) newest.set(`${fact.host} ${fact.run} ${fact.seq}`, fact.id);
          return [];
        case "logged": {
          const { event, run, seq } = fact.event;
          if (event !== "backup.woken") return [];
          const id = newest.get(`${fact.host} ${run} ${seq}`);
          const sentAt = id === undefined ? undefined : messages.sent.get(id)?.sentAt;
          if (id === undefined)
            return [
              `host ${fact.host} told that it woke ${run} of ${fact.event.hsm} with ${seq}, and sent no such message`,
            ];
          if (sentAt !== undefined && fact.at - sentAt <= TOLD_WITHIN) wakeUps.add(id);
          return [];
        }
        case "messageDelivered": {
          const message = wakeUps.has(fact.id) ? messages.sent.get(fact.id) : undefined;
          if (message === undefined || fact.at <= message.sentAt + WAKE_UP_LIFETIME + SECOND) return [];
          wakeUps.delete(fact.id);
          return [
            `the wake-up ${message.seq} of ${message.run} of ${message.hsm}, sent at ${clock(message.sentAt)}, came at ${clock(fact.at)}`,
          ];
        }
        default:
          return [];
      }
    },
  };
};
