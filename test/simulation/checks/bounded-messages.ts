import type { FaultKind, MakeCheck } from "../facts.ts";
import { watchFaults } from "./fault-model.ts";
import { watchMessages } from "./message-model.ts";
import { LONGEST_OUTAGE, MINUTE } from "./spans.ts";
import { clock } from "./words.ts";

/**
 * Messages that one run may have at one time. Each step has one, hidden until `nextAt`, and one being worked on; two steps that
 * race have twice that until the loser takes his back (4); message 0 lies hidden for 3 min beside the first steps (1); wake-ups
 * come every 5 min and live 10 (3); who meets a young claim sends the same message again (2); a take back that failed leaves
 * one (2).
 */
const MOST = 12;
/** With more than that each one is told, so that a world in which only their number grows soon has told enough to end. */
const FLOOD = 150;
/**
 * What a dead host was working on comes back after 10 min, a frozen one goes on after 12; a doubled one begets its like, for
 * as long as one of them lies in the queue: where that brings its messages to nobody, for hours.
 */
const REMEMBERED = 20 * MINUTE;
/** Left in the queue by a run that has ended: what a dead host held, and what was hidden for the longest pause. */
const LEFT_FOR = 30 * MINUTE;

/** After each of these, one delivery or one sending more is about. */
const DOUBLES: ReadonlySet<FaultKind> = new Set<FaultKind>(["messageDoubled", "freeze"]);
/** After these as well, where a message was what was sent. */
const DOUBLES_SENT: ReadonlySet<FaultKind> = new Set<FaultKind>([
  "sentTwice",
  "lateEffect",
  "answerLost",
  "timeout",
  "slowCall",
]);
/** After these, messages lie in the queue for longer: nobody gets them, or a clock that is ahead has hidden them. */
const KEEP_LONG: readonly FaultKind[] = ["queueStalled", "queueDown", "clockSkewed", "clockSetBack"];
const OF_A_MESSAGE = /wake-up/;

/** Invariant 5: never more than that and one for each fault that doubles one; so nothing grows by itself. */
export const boundedMessages: MakeCheck = () => {
  const messages = watchMessages();
  const faults = watchFaults();
  const workedOn = new Map<string, number>();
  const told = new Set<string>();
  const doubled: number[] = [];
  const note = (at: number): void => void doubled.push(at);
  /** Since when this run's messages have gathered; now, where nothing keeps them there. */
  function oldestOf(run: string, at: number): number {
    if (!faults.struckSince(at - LONGEST_OUTAGE, KEEP_LONG)) return at;
    return Math.min(at, ...[...messages.liveOf(run)].map((id) => messages.sent.get(id)?.sentAt ?? at));
  }

  return {
    name: "messages per run stay bounded",
    see(fact) {
      messages.see(fact);
      faults.see(fact);
      switch (fact.kind) {
        case "fault":
          if (DOUBLES.has(fact.fault) || (DOUBLES_SENT.has(fact.fault) && OF_A_MESSAGE.test(fact.what))) note(fact.at);
          return [];
        case "messageDelivered":
          workedOn.set(fact.id, fact.host);
          return [];
        case "messageGone":
          workedOn.delete(fact.id);
          return [];
        case "hostDied":
          for (const [id, host] of workedOn) {
            if (host !== fact.host) continue;
            workedOn.delete(id);
            note(fact.at);
          }
          return [];
        case "messageSent": {
          const { run, hsm, at } = fact;
          const count = messages.liveOf(run).size;
          if (count <= MOST || (told.has(run) && count <= FLOOD)) return [];
          const explained = doubled.filter((each) => each >= oldestOf(run, at) - REMEMBERED).length;
          if (count <= MOST + explained) return [];
          told.add(run);
          return [`${run} of ${hsm} has ${count} messages, and ${explained} faults doubled one`];
        }
        default:
          return [];
      }
    },
    atEnd: (view) =>
      view.messages
        .filter(({ visibleAt }) => visibleAt + LEFT_FOR < view.now)
        .map(
          ({ id, run, hsm, seq, visibleAt }) =>
            `message ${seq} (${id}) of ${run} of ${hsm}, due at ${clock(visibleAt)}, lies there still`,
        ),
  };
};
