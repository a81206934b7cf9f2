import { describe } from "vitest";
import { calmSlots } from "./calm-slots.ts";
import { dueSlot } from "./due-slot.ts";
import {
  activeOf,
  BY_HAND,
  damagedCard,
  damagedRecord,
  FAILED,
  fault,
  instant,
  minute,
  OTHER_RUN,
  RUN,
  SUCCEEDED,
  summaryOf,
  tests,
  timer,
  told,
  wroteCard,
  wroteRecord,
} from "./fact-samples.ts";
import { missedSlot } from "./missed-slot.ts";
import { neighbours } from "./neighbours.ts";
import { satisfiedSlot } from "./satisfied-slot.ts";
import { MINUTE } from "./spans.ts";

const succeeded = summaryOf(RUN, "Succeeded");
const failed = summaryOf(RUN, "Failed");
const satisfied = { newestSuccess: succeeded, runs: [succeeded] };
const calm = { faultsStopAt: minute(-120) };

describe("a satisfied slot", () => {
  const folded = [wroteRecord(10, RUN, SUCCEEDED), wroteCard(11, satisfied)];
  const again = wroteCard(20, { ...satisfied, active: activeOf(OTHER_RUN) });
  tests(
    satisfiedSlot,
    [
      [
        "a second start of it",
        [...folded, again],
        /20261123T020000Z-2-bbbbbbbb of contoso.*slot 02:00:00.*had satisfied/,
      ],
      [
        "one after the card was lost and made again",
        [...folded, damagedCard(12, null), wroteCard(13), again],
        /which 20261123T020000Z-1-aaaaaaaa had satisfied/,
      ],
    ],
    [
      ["a start by hand", [...folded, wroteCard(20, { ...satisfied, active: activeOf(BY_HAND) })]],
      [
        "a second try after a failure",
        [wroteCard(11, { runs: [failed] }), wroteCard(30, { active: activeOf(OTHER_RUN) })],
      ],
      [
        "one of which card and record were destroyed",
        [...folded, damagedRecord(12, RUN, null), damagedCard(13, null), wroteCard(14), again],
      ],
    ],
  );
});

describe("a due slot", () => {
  tests(
    dueSlot,
    [
      [
        "one that is tried again too soon",
        [
          wroteCard(10, { runs: [failed] }),
          wroteCard(20, { runs: [failed], active: activeOf(OTHER_RUN, { at: instant(20) }) }),
        ],
        /2-bbbbbbbb of contoso was started for its slot 02:00:00 at 02:20:00.000, before 02:25/,
      ],
      [
        "one that nobody starts",
        [wroteCard(-5), timer(5), timer(25)],
        /slot 02:00:00.000 of contoso.*never started/,
        calm,
      ],
      [
        "one that isn't tried again after a failure",
        [wroteCard(10, { runs: [failed], failuresInARow: 1 }), timer(40), timer(50)],
        /was not tried again after 1 tries/,
        calm,
      ],
    ],
    [
      ["one that waits for its next try", [wroteCard(10, { runs: [failed] }), timer(30), timer(40)], calm],
      ["one that was satisfied", [wroteCard(10, satisfied), timer(60)], calm],
      [
        "one whose card was taken until now",
        [wroteCard(-5, { active: activeOf(BY_HAND) }), wroteCard(28), timer(30)],
        calm,
      ],
      ["one while faults strike", [wroteCard(-5), timer(25)]],
    ],
  );
});

describe("a slot once all is calm", () => {
  const stopped = { faultsStopAt: minute(-120), now: minute(40) };
  tests(
    calmSlots,
    [
      [
        "one without success",
        [wroteCard(-30), wroteRecord(0, RUN)],
        /slot 02:00:00.000.*tried 1 times and has 0/,
        stopped,
      ],
      [
        "one that was tried twice",
        [wroteCard(-30), wroteRecord(0, RUN, FAILED), wroteRecord(20, OTHER_RUN, SUCCEEDED)],
        /tried 2 times and has 1 successes/,
        stopped,
      ],
    ],
    [
      ["one with its success", [wroteCard(-30), wroteRecord(10, RUN, SUCCEEDED)], stopped],
      ["one that a start by hand had satisfied", [wroteCard(-30), wroteRecord(10, BY_HAND, SUCCEEDED)], stopped],
      ["one that is too new to be judged", [wroteCard(-30)], { ...stopped, now: minute(20) }],
    ],
  );
});

describe("a missed slot", () => {
  const untold = { untold: [{ slot: instant(0), at: instant(120) }], judgedUntil: instant(120) };
  const claim = wroteCard(120, untold);
  const missed = told(120.1, "backup.missed", { slot: instant(0) });
  const settled = wroteCard(120.2, { judgedUntil: instant(120) });
  const before = wroteCard(-60);
  const claimAgain = wroteCard(120.1, { untold: [{ slot: instant(0), at: instant(125) }], judgedUntil: instant(120) });
  const far = { largestSkew: 2 * MINUTE };
  tests(
    missedSlot,
    [
      [
        "one told twice for nothing",
        [before, claim, missed, missed],
        /told as missed at 04:00:06.000 and again at 04:00:06.000/,
      ],
      [
        "one told twice",
        [before, claim, missed, fault(120.15, "crash"), missed],
        /slot 2026-11-23T02:00:00.000Z of contoso was told as missed 2 times/,
      ],
      ["one told anew after it was settled", [before, claim, missed, settled, claim], /told as missed again/],
      [
        "one that a success had satisfied",
        [wroteRecord(10, RUN, SUCCEEDED), wroteCard(11, satisfied), wroteCard(120, { ...satisfied, ...untold })],
        /is told as missed, and 20261123T020000Z-1-aaaaaaaa had satisfied it/,
      ],
      [
        "one whose run goes on still",
        [before, wroteCard(120, { ...untold, active: activeOf(RUN) })],
        /is told as missed, and 20261123T020000Z-1-aaaaaaaa may satisfy it still/,
      ],
      [
        "one that was never told",
        [before],
        /slot 02:00:00.000 of contoso has no success and was never told/,
        { now: minute(200) },
      ],
    ],
    [
      ["one told once", [before, claim, missed, settled]],
      ["one claimed at once by two whose clocks are far apart", [before, claim, missed, claimAgain, missed], far],
      [
        "one told again because its teller died",
        [
          before,
          claim,
          missed,
          fault(120.2, "crash"),
          wroteCard(125, { untold: [{ slot: instant(0), at: instant(125) }] }),
          missed,
        ],
      ],
      [
        "one told again after the card was lost",
        [before, claim, missed, settled, damagedCard(121, null), claim, missed],
      ],
      [
        "one told again after the card was lost between writing and telling",
        [before, claim, damagedCard(120.05, null), missed, wroteCard(125, untold), missed],
      ],
      ["one with a success", [before, wroteRecord(10, RUN, SUCCEEDED)], { now: minute(200) }],
      ["one whose window isn't over for long", [before], { now: minute(125) }],
    ],
  );
});

describe("one HSM's trouble", () => {
  const two = { hsms: ["contoso", "fabrikam"] };
  const down = fault(-10, "hsmUnreachable", "fabrikam: answers nothing");
  tests(
    neighbours,
    [
      [
        "another one's slot that waits for it",
        [wroteCard(-5), down, timer(25)],
        /slot 02:00:00.000 of contoso has no success.*only fabrikam/,
        two,
      ],
      [
        "another one's run that doesn't end",
        [wroteCard(0, { active: activeOf(RUN) }), down, timer(65)],
        /20261123T020000Z-1-aaaaaaaa of contoso runs still.*only fabrikam/,
        two,
      ],
    ],
    [
      ["a slot that is satisfied", [wroteCard(10, satisfied), down, timer(25)], two],
      [
        "a slot whose own HSM has trouble",
        [wroteCard(-5), fault(-10, "jobFails", "the next job of contoso"), timer(25)],
        two,
      ],
      ["a slot among other faults", [wroteCard(-5), down, fault(-9, "ledgerDown"), timer(25)], two],
    ],
  );
});
