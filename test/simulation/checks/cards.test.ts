import { describe } from "vitest";
import {
  activeOf,
  damagedCard,
  damagedRecord,
  delivered,
  died,
  FAILED,
  fault,
  gone,
  instant,
  minute,
  OTHER_RUN,
  RUN,
  SUCCEEDED,
  sent,
  summaryOf,
  tests,
  timer,
  wroteCard,
  wroteRecord,
} from "./fact-samples.ts";
import { finishedByWriter } from "./finished-by-writer.ts";
import { foldedOnce } from "./folded-once.ts";
import { givenBack } from "./given-back.ts";
import { leftSettings } from "./left-settings.ts";
import { madeAgain } from "./made-again.ts";
import { rememberedSuccess } from "./remembered-success.ts";

const failed = summaryOf(RUN, "Failed");
const succeeded = summaryOf(RUN, "Succeeded");
const taken = wroteCard(0, { active: activeOf(RUN) });
const failedOnce = { runs: [failed], failuresInARow: 1 };

describe("a card given back", () => {
  const ended = wroteRecord(10, RUN, FAILED);
  tests(
    givenBack,
    [
      [
        "one while its run goes on",
        [taken, wroteRecord(1, RUN), wroteCard(5, failedOnce)],
        /contoso was given back by 20261123T020000Z-1-aaaaaaaa, while/,
      ],
      [
        "one without its run's result",
        [taken, ended, wroteCard(11)],
        /without the result of 20261123T020000Z-1-aaaaaaaa/,
      ],
      [
        "one that goes from run to run",
        [taken, ended, wroteCard(11, { ...failedOnce, active: activeOf(OTHER_RUN) })],
        /went from 20261123T020000Z-1-aaaaaaaa to/,
      ],
      [
        "one that its ended run keeps",
        [taken, ended],
        /20261123T020000Z-1-aaaaaaaa of contoso ended at 02:10:00.000 and still has the card/,
        { now: minute(300) },
      ],
    ],
    [
      ["one by its own run's end", [taken, ended, wroteCard(11, failedOnce)]],
      ["one whose run's record was destroyed", [taken, damagedRecord(5, RUN, null), wroteCard(11, failedOnce)]],
      ["one that was lost", [taken, damagedCard(5, null), wroteCard(6)]],
    ],
  );
});

describe("who writes an end", () => {
  const m1 = [sent(1, "m1", 1), delivered(2, "m1")];
  const ended = wroteRecord(10, RUN, FAILED);
  const stays = [taken, ...m1, ended, gone(11, "m1")];
  tests(
    finishedByWriter,
    [
      [
        "and is done with its message while the run has the card",
        stays,
        /was ended at 02:10:00.000 by host 1, which is done/,
      ],
    ],
    [
      ["and gives the card back", [taken, ...m1, ended, wroteCard(10, failedOnce), gone(11, "m1")]],
      ["and dies before", [taken, ...m1, ended, died(11), gone(12, "m1")]],
      [
        "and shares the run with another message",
        [taken, ...m1, sent(3, "m2", 1), delivered(4, "m2"), ended, gone(11, "m2")],
      ],
      [
        "and shares the run with a message that is at a second host too",
        [taken, ...m1, delivered(3, "m1", 2), sent(3, "m2", 1), delivered(4, "m2"), ended, gone(11, "m2")],
      ],
      ["while its host reconciles", [taken, ...m1, timer(9), ended, gone(11, "m1")]],
      ["on a card that somebody put back", [taken, ...m1, ended, damagedCard(10, null), taken, gone(11, "m1")]],
    ],
  );
});

describe("a result on the card", () => {
  const folded = wroteCard(11, failedOnce);
  const ended = wroteRecord(10, RUN, FAILED);
  const second = summaryOf(OTHER_RUN, "Failed");
  const both = { runs: [second, failed], failuresInARow: 2 };
  tests(
    foldedOnce,
    [
      [
        "one that counts twice",
        [ended, taken, folded, wroteCard(12, { ...failedOnce, failuresInARow: 2 })],
        /contoso counts other results/,
      ],
      [
        "one that counts wrong",
        [ended, taken, wroteCard(11, { ...failedOnce, failuresInARow: 2 })],
        /counts 2 failures in a row after 20261123T020000Z-1-aaaaaaaa/,
      ],
      [
        "a run that is there twice",
        [ended, taken, wroteCard(11, { runs: [failed, failed], failuresInARow: 1 })],
        /has a run twice/,
      ],
      [
        "one that its record doesn't tell",
        [ended, taken, wroteCard(11, { runs: [succeeded], newestSuccess: succeeded })],
        /is Succeeded on the card, and Failed/,
      ],
      [
        "one that is forgotten",
        [folded, wroteRecord(20, OTHER_RUN, FAILED), wroteCard(21, { runs: [second], failuresInARow: 2 })],
        /contoso forgot 20261123T020000Z-1-aaaaaaaa/,
      ],
      [
        "one that the card never hears of",
        [ended, wroteCard(11)],
        /20261123T020000Z-1-aaaaaaaa of contoso is Failed, and its card doesn't know/,
      ],
    ],
    [
      ["one after the other", [ended, taken, folded, wroteRecord(20, OTHER_RUN, FAILED), wroteCard(21, both)]],
      ["one folded again into a card that was lost", [ended, taken, folded, damagedCard(12, null), taken, folded]],
    ],
  );
});

describe("the newest success", () => {
  const success = wroteRecord(10, RUN, SUCCEEDED);
  const known = wroteCard(11, { runs: [succeeded], newestSuccess: succeeded });
  const second = summaryOf(OTHER_RUN, "Failed");
  tests(
    rememberedSuccess,
    [
      [
        "one that a failure replaces",
        [success, known, wroteCard(21, { runs: [second, succeeded] })],
        /contoso says nothing is its newest success; it is 20261123T020000Z-1-aaaaaaaa, started at 02:00/,
      ],
      [
        "one that a card made again has not",
        [success, known, damagedCard(12, null), wroteCard(13)],
        /contoso says nothing/,
      ],
    ],
    [
      ["one that stays", [success, known, wroteCard(21, { runs: [second, succeeded], newestSuccess: succeeded })]],
      [
        "one whose run is finished once more",
        [success, known, damagedCard(12, null), wroteCard(13, { active: activeOf(RUN) })],
      ],
      ["one that was destroyed", [success, known, damagedRecord(12, RUN, null), damagedCard(12, null), wroteCard(13)]],
    ],
  );
});

describe("a card that is made again", () => {
  const record = wroteRecord(-30, RUN, { startedAt: instant(-30) });
  tests(
    madeAgain,
    [
      [
        "one that counts from now",
        [record, wroteCard(-29), damagedCard(0, null), wroteCard(5, { since: instant(5), active: activeOf(RUN) })],
        /made again with 02:05:00.000 as its since, and 20261123T020000Z-1-aaaaaaaa is older/,
      ],
      [
        "one that forgets the run that goes on",
        [record, damagedCard(0, null), wroteCard(5)],
        /made again as a free one, while 20261123T020000Z-1-aaaaaaaa/,
      ],
      [
        "one that drops what a newer version wrote",
        [wroteCard(0, { more: true }), wroteCard(1)],
        /the card of contoso lost its more/,
      ],
    ],
    [
      ["one made from its records", [record, damagedCard(0, null), wroteCard(5, { active: activeOf(RUN) })]],
      ["one without records", [wroteCard(0, { since: instant(0) })]],
      ["one that gains a field", [wroteCard(0), wroteCard(1, { more: true })]],
    ],
  );
});

describe("an HSM that left the settings", () => {
  const here = wroteCard(0);
  const left = wroteCard(10, { leftAt: instant(10) });
  const named = (at: number, hsms: readonly string[], isEverywhere = true) =>
    ({ at: minute(at), kind: "settingsChanged", hsms, isEverywhere }) as const;
  tests(
    leftSettings,
    [
      [
        "one that comes back as if nothing had been",
        [here, left, wroteCard(60)],
        /contoso came back at 03:00:00.000, and its card counts since 01:00/,
      ],
      [
        "one that comes back with slots from before",
        [here, left, wroteCard(60, { since: instant(60) })],
        /slots from before are judged still/,
      ],
      [
        "one that is back, and its card doesn't know",
        [named(5, []), left, named(20, ["contoso"])],
        /is configured, and its card says it left at 02:10/,
        { now: minute(300) },
      ],
      [
        "one that is gone, and its card doesn't know",
        [here, named(5, [])],
        /contoso isn't configured, and its card doesn't say so/,
        { now: minute(300), hsms: [] },
      ],
      [
        "one whose card doesn't know for half an hour",
        [here, named(5, []), timer(30), timer(35), timer(40), wroteCard(41, { leftAt: instant(41) })],
        /contoso left the settings at 02:05:00.000, and at 02:35:00.000 its card doesn't say so/,
      ],
      [
        "a since that moves by itself",
        [here, wroteCard(10, { since: instant(9) })],
        /the card of contoso counts since 02:09:00.000 now/,
      ],
      [
        "a card judged until an earlier time",
        [wroteCard(0, { judgedUntil: instant(0) }), here],
        /judged until 01:00:00.000 again/,
      ],
    ],
    [
      [
        "one that comes back with a new since",
        [here, left, wroteCard(60, { since: instant(60), judgedUntil: instant(60) })],
      ],
      ["one whose card knows soon", [here, named(5, []), left, timer(60)]],
      ["one that is back before", [here, named(5, []), named(20, ["contoso"]), timer(60)]],
      ["one that some hosts still have", [here, named(5, [], false), timer(60)]],
      ["one whose ledger was down", [here, fault(4, "ledgerDown"), named(5, []), timer(60)]],
      ["a card that was made again", [here, damagedCard(5, null), wroteCard(6, { since: instant(6) })]],
    ],
  );
});
