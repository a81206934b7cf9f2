import { describe } from "vitest";
import type { Fact } from "../facts.ts";
import { boundedMessages } from "./bounded-messages.ts";
import {
  activeOf,
  CLAIM,
  damagedRecord,
  delivered,
  died,
  fault,
  gone,
  HSM,
  instant,
  minute,
  RUN,
  sent,
  tests,
  told,
  wroteCard,
  wroteRecord,
} from "./fact-samples.ts";
import { messageFirst } from "./message-first.ts";
import { neededMessage } from "./needed-message.ts";
import { ownMessage } from "./own-message.ts";
import { pacedSteps } from "./paced-steps.ts";
import { takenBack } from "./taken-back.ts";
import { unbrokenChain } from "./unbroken-chain.ts";
import { wakeUpLives } from "./wake-up-lives.ts";

const step = (at: number, seq: number, messageId: string | null = `m${seq}`, nextIn = 1) =>
  wroteRecord(at, RUN, { seq, messageId, nextAt: instant(at + nextIn) });
const begun = wroteRecord(0, RUN);

describe("the next message", () => {
  const m0 = sent(0, "m0", 0);
  tests(
    messageFirst,
    [
      [
        "a first record that comes before message 0",
        [begun],
        /first record of 20261123T020000Z-1-aaaaaaaa of contoso was made before its message 0/,
      ],
      [
        "a record that comes before it",
        [m0, begun, step(1, 1), sent(1, "m1", 1)],
        /20261123T020000Z-1-aaaaaaaa of contoso waits for message 1, which was never sent/,
      ],
      [
        "a record that names another run's",
        [m0, begun, sent(1, "m1", 1), sent(1, "x", 1, "other"), step(1, 1, "x")],
        /names message x, which isn't its own/,
      ],
    ],
    [
      ["a record that comes after it", [m0, begun, sent(1, "m1", 1), step(1, 1)]],
      ["a record that stays where it is", [m0, begun, wroteRecord(1, RUN, { nextAt: instant(5) })]],
      ["a record by hand", [m0, begun, damagedRecord(1, RUN, JSON.stringify({ seq: 9 }))]],
    ],
  );
});

describe("a record that moves on", () => {
  const first = [begun, sent(1, "m1", 1), step(1, 1)];
  tests(
    ownMessage,
    [
      [
        "by an older message",
        [...first, sent(1.1, "m2", 2), step(1.1, 2)],
        /moved on from 1 at 02:01:06.000, before its message came/,
      ],
      [
        "to its end without a message",
        [...first, wroteRecord(1.2, RUN, { seq: 1, state: "Failed" })],
        /moved on from 1/,
      ],
    ],
    [
      ["by its own message", [...first, delivered(2, "m1"), sent(2, "m2", 2), step(2, 2)]],
      ["by reconcile, where nobody follows", [...first, step(20, 2)]],
      [
        "by a 202 that comes late",
        [...first, wroteRecord(1.1, RUN, { seq: 1, messageId: "m1", state: "InProgress", jobId: "job1" })],
      ],
      ["by who stood still", [...first, fault(1.05, "freeze"), step(1.1, 2)]],
    ],
  );
});

describe("a message that lost the race", () => {
  const running = wroteRecord(0.5, RUN, { state: "InProgress", jobId: "job1" });
  const race = [running, sent(1, "m1", 1), sent(1, "mine", 1), step(1, 1)];
  tests(
    takenBack,
    [
      [
        "one that comes all the same",
        [...race, delivered(2, "mine")],
        /message 1 of 20261123T020000Z-1-aaaaaaaa of contoso lost the race/,
      ],
    ],
    [
      ["one that is gone", [...race, gone(1.1, "mine")]],
      ["the winner's", [...race, delivered(2, "m1")]],
      [
        "one that couldn't be taken back",
        [...race, fault(1.1, "callFails", "host 1: take a wake-up back"), delivered(2, "mine")],
      ],
      [
        "one that had lost to the write before, whose number its own message had",
        [
          running,
          sent(0.9, "m1", 1),
          delivered(1, "m1"),
          wroteRecord(1.01, RUN, { state: "InProgress", jobId: "job1", seq: 1, messageId: "other" }, 2),
          sent(1.02, "mine", 2),
          wroteRecord(1.04, RUN, { state: "InProgress", jobId: "job1", seq: 2, messageId: "third" }, 2),
          delivered(3, "mine"),
        ],
      ],
      [
        "the same, while another message of the run came to that host",
        [
          running,
          sent(0.8, "older", 1),
          sent(0.9, "m1", 1),
          delivered(1, "m1"),
          wroteRecord(1.01, RUN, { state: "InProgress", jobId: "job1", seq: 1, messageId: "other" }, 2),
          delivered(1.015, "older"),
          sent(1.02, "mine", 2),
          wroteRecord(1.04, RUN, { state: "InProgress", jobId: "job1", seq: 2, messageId: "third" }, 2),
          delivered(3, "mine"),
        ],
      ],
      [
        "one that the record still needs",
        [running, sent(1, "mine", 1), wroteRecord(1.1, RUN, CLAIM), sent(2, "m1", 1), step(2, 1), delivered(3, "mine")],
      ],
      ["a wake-up", [running, sent(1, "m1", 1), step(1, 1), sent(2, "wake", 1), step(3, 2), delivered(4, "wake")]],
    ],
  );
});

describe("a message taken back", () => {
  const back: Fact = { at: minute(1.2), kind: "messageGone", id: "m1", how: "takenBack" };
  tests(
    neededMessage,
    [
      [
        "one that its record waits for",
        [begun, sent(1, "m1", 1), step(1, 1), back],
        /message 1 of 20261123T020000Z-1-aaaaaaaa of contoso was taken back at 02:01:12/,
      ],
    ],
    [
      ["one that lost the race", [begun, sent(1, "m1", 1), step(1, 1, "winner"), back]],
      ["one whose record came late", [begun, sent(1, "m1", 1), fault(1, "lateEffect"), step(1, 1), back]],
      [
        "one of a run that has ended",
        [begun, sent(1, "m1", 1), step(1, 1), wroteRecord(1.1, RUN, { seq: 1, state: "Failed" }), back],
      ],
    ],
  );
});

describe("a chain of messages", () => {
  const first = [begun, sent(1, "m1", 1), step(1, 1), delivered(2, "m1")];
  const card = wroteCard(0, { active: activeOf(RUN) });
  tests(
    unbrokenChain,
    [
      [
        "one that breaks",
        [...first, gone(2.1, "m1")],
        /message 1 of 20261123T020000Z-1-aaaaaaaa of contoso was done at 02:02:06.000, and the record at 1 has no message left/,
      ],
      [
        "a run that gets no record",
        [card, sent(0, "m0", 0), delivered(3, "m0"), gone(3.1, "m0")],
        /message 0 of 20261123T020000Z-1-aaaaaaaa.*has no record still/,
      ],
    ],
    [
      ["one that goes on", [...first, sent(2.1, "m2", 2), step(2.1, 2), gone(2.2, "m1")]],
      ["one that comes to its end", [...first, wroteRecord(2.1, RUN, { seq: 1, state: "Failed" }), gone(2.2, "m1")]],
      ["one that was purged", [...first, { at: minute(2.1), kind: "messageGone", id: "m1", how: "purged" }]],
      [
        "one whose last message came to nobody before it expired, and an older one is done after that",
        [
          sent(0, "m0", 0),
          ...first,
          { at: minute(2.1), kind: "messageGone", id: "m1", how: "expired" },
          delivered(3, "m0"),
          gone(3.1, "m0"),
        ],
      ],
      [
        "one that was broken long before an older message came",
        [sent(0, "m0", 0), fault(0.5, "lateEffect"), ...first, gone(2.1, "m1"), delivered(50, "m0"), gone(50.1, "m0")],
      ],
      ["one whose record came late", [...first, fault(2, "lateEffect"), gone(2.1, "m1")]],
      ["a run that no card has", [sent(0, "m0", 0), delivered(3, "m0"), gone(3.1, "m0")]],
    ],
  );
});

describe("a wake-up", () => {
  const woken = [sent(1, "wake", 1, RUN, 0), told(1.1, "backup.woken", { run: RUN, seq: 1 })];
  tests(
    wakeUpLives,
    [
      [
        "one with another number",
        [sent(1, "wake", 0, RUN, 0), told(1.1, "backup.woken", { run: RUN, seq: 1 })],
        /woke 20261123T020000Z-1-aaaaaaaa of contoso with 1, and sent no such/,
      ],
      [
        "one that comes after twenty minutes",
        [...woken, delivered(21, "wake")],
        /the wake-up 1 of 20261123T020000Z-1-aaaaaaaa of contoso, sent at 02:01:00.000, came at 02:21/,
      ],
    ],
    [
      ["one that comes in time", [...woken, delivered(5, "wake")]],
      ["another message that is late", [sent(1, "m1", 1), delivered(21, "m1")]],
    ],
  );
});

describe("messages of one run", () => {
  const many = (count: number) => Array.from({ length: count }, (_, n) => sent(1, `m${n}`, n));
  const left = { id: "m1", run: RUN, hsm: HSM, seq: 1, visibleAt: minute(10) };
  tests(
    boundedMessages,
    [
      [
        "one more than long ago a fault may have doubled",
        [fault(0, "sentTwice", "host 1: send a wake-up"), ...many(12), sent(60, "more", 20)],
        /has 13 messages, and 0 faults doubled one/,
      ],
      ["too many", many(14), /20261123T020000Z-1-aaaaaaaa of contoso has 13 messages, and 0 faults/],
      [
        "one that is left at the end",
        [],
        /message 1 \(m1\) of 20261123T020000Z-1-aaaaaaaa of contoso.*lies there still/,
        { messages: [left], now: minute(60) },
      ],
    ],
    [
      ["as many as there may be", many(12)],
      [
        "one more for each that a dead host worked on",
        [...many(12), delivered(2, "m1", 7), died(3, 7), sent(4, "more", 20)],
      ],
      [
        "one more for each that was doubled",
        [...many(12), fault(3, "sentTwice", "host 1: send a wake-up"), sent(4, "more", 20)],
      ],
      [
        "one more that was doubled long ago, in a queue that brings its messages to nobody",
        [fault(0, "queueStalled"), fault(0, "sentTwice", "host 1: send a wake-up"), ...many(12), sent(60, "more", 20)],
      ],
      ["ones that come and go", [...many(12), gone(2, "m1"), sent(4, "more", 20)]],
    ],
  );
});

describe("the steps of a run", () => {
  const steps = (count: number, minutes: number) =>
    Array.from({ length: count }, (_, at) => step((at * minutes) / count, at));
  tests(
    pacedSteps,
    [
      [
        "a run that forgets to wait",
        steps(101, 9),
        /20261123T020000Z-1-aaaaaaaa of contoso took 101 steps in the ten minutes/,
      ],
    ],
    [["one that waits", steps(101, 20)]],
  );
});
