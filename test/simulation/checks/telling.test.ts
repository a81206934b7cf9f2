import { describe } from "vitest";
import type { Fact } from "../facts.ts";
import { checkedAlways } from "./checked-always.ts";
import { checkedTruth } from "./checked-truth.ts";
import {
  activeOf,
  answered,
  died,
  fault,
  instant,
  minute,
  OTHER_RUN,
  RUN,
  SUCCEEDED,
  sent,
  tests,
  timer,
  told,
  wrote,
  wroteCard,
  wroteRecord,
} from "./fact-samples.ts";
import { healthTruth } from "./health-truth.ts";
import { noSecret } from "./no-secret.ts";
import { toldFailures } from "./told-failures.ts";

const LIMIT_SECONDS = 4 * 3_600;
const checked = (at: number, fields = {}, host = 1) =>
  told(
    at,
    "backup.checked",
    {
      newestSuccess: null,
      newestSuccessRun: null,
      ageSeconds: (at + 60) * 60,
      limitSeconds: LIMIT_SECONDS,
      isOverdue: false,
      running: null,
      ...fields,
    },
    host,
  );

describe("backup.checked", () => {
  const card = wroteCard(-60);
  const success = wroteRecord(10, RUN, SUCCEEDED);
  const newest = { newestSuccess: instant(0), newestSuccessRun: RUN };
  tests(
    checkedTruth,
    [
      [
        "a success that never was",
        [card, checked(20, newest)],
        /backup.checked of contoso at 02:20:00.000 calls 20261123T020000Z-1-aaaaaaaa a success/,
      ],
      [
        "a success that is made younger",
        [card, success, checked(20, { ...newest, newestSuccess: instant(5) })],
        /was started at 2026-11-23T02:05/,
      ],
      ["an age that is too young", [card, checked(20, { ageSeconds: 60 })], /says the newest success is 60 s old/],
      [
        "an HSM that is overdue and called healthy",
        [card, checked(300, { ageSeconds: 60 })],
        /doesn't say that the HSM is overdue since 05:00/,
      ],
      [
        "an age beyond its limit that is called healthy",
        [card, checked(20, { ageSeconds: 5 * 3_600 })],
        /within the limit/,
      ],
      [
        "a run that never was",
        [card, checked(20, { running: RUN })],
        /says 20261123T020000Z-1-aaaaaaaa runs, which was never on the card/,
      ],
      [
        "a run that has long ended, by a host that never stood still",
        [
          wroteCard(-60, { active: activeOf(RUN) }),
          card,
          ...[-58, -45, -32, -20, -8, 4].map((at) => fault(at, "freeze", "host 2: read the ledger")),
          checked(20, { running: RUN }),
        ],
        /which gave the card back at 01:00/,
      ],
      [
        "a run that has long ended",
        [wroteCard(-60, { active: activeOf(RUN) }), card, checked(20, { running: RUN })],
        /which gave the card back at 01:00/,
      ],
    ],
    [
      ["what is true", [card, success, checked(20, { ...newest, ageSeconds: 1_200 })]],
      ["a run on the card", [wroteCard(-60, { active: activeOf(RUN) }), checked(20, { running: RUN })]],
      [
        "a run that has ended while who looks stood still, again and again",
        [
          wroteCard(-60, { active: activeOf(RUN) }),
          card,
          ...[-58, -45, -32, -20, -8, 4].map((at) => fault(at, "freeze", "host 1: read the ledger")),
          checked(20, { running: RUN }),
        ],
      ],
      ["what is worse than the truth", [card, success, checked(20, { isOverdue: true, ageSeconds: null })]],
    ],
  );
});

describe("backup.checked, for every HSM", () => {
  const two = { hsms: ["contoso", "fabrikam"] };
  const both = [checked(0.1), checked(0.2, { hsm: "fabrikam" })];
  const again = (at: number) => [timer(at, 2), checked(at, {}, 2), checked(at, { hsm: "fabrikam" }, 2)];
  tests(
    checkedAlways,
    [
      [
        "one left out",
        [timer(0), checked(0.1), ...again(20)],
        /host 1, whose timer fired at 02:00:00.000, told no backup.checked of fabrikam/,
        two,
      ],
      [
        "silence",
        [...again(0), timer(35, 3)],
        /nobody told backup.checked of contoso since 02:00/,
        { faultsStopAt: minute(-5) },
      ],
    ],
    [
      ["all of them", [timer(0), ...both, ...again(20)], two],
      ["a host that died", [timer(0), checked(0.1), died(1), ...again(20)], two],
      [
        "one that left the settings",
        [
          { at: minute(-5), kind: "settingsChanged", hsms: ["contoso"], isEverywhere: true },
          timer(0),
          checked(0.1),
          ...again(20),
        ],
        two,
      ],
      ["a host that stands still", [timer(0), fault(0.1, "freeze"), ...again(20)], two],
    ],
  );
});

describe("health", () => {
  const hsms = [{ hsm: "contoso", limitSeconds: LIMIT_SECONDS }];
  const healthy = (at: number, body: unknown = { hsms }): Fact => ({
    at: minute(at),
    kind: "healthAnswered",
    status: 200,
    body,
  });
  const card = wroteCard(-60);
  tests(
    healthTruth,
    [
      [
        "200 for an HSM that is overdue",
        [card, healthy(200)],
        /answered 200 at 05:20:00.000; contoso was overdue since 05:00/,
      ],
      [
        "200 without the ledger",
        [card, { at: minute(5), kind: "ledgerDeleted" }, healthy(8)],
        /the ledger was deleted at 02:05/,
      ],
      ["200 for an HSM without a card", [healthy(8)], /contoso has no card that could be read/],
      ["200 without an HSM", [card, healthy(8, { hsms: [] })], /answered 200 at 02:08:00.000 without contoso/],
    ],
    [
      ["200 for an HSM in time", [card, healthy(100)]],
      ["200 after a success", [card, wroteRecord(60, RUN, { ...SUCCEEDED, startedAt: instant(60) }), healthy(200)]],
      [
        "200 with the ledger made again",
        [
          card,
          { at: minute(5), kind: "ledgerDeleted" },
          { at: minute(6), kind: "ledgerMade" },
          wroteCard(7),
          healthy(8),
        ],
      ],
      ["503", [card, { at: minute(400), kind: "healthAnswered", status: 503, body: {} }]],
    ],
  );
});

describe("a failure", () => {
  const poison: Fact = { at: minute(2), kind: "messagePoisoned", id: "m1" };
  const threw = (handler: string, message = "no"): Fact => ({
    at: minute(2),
    kind: "handlerThrew",
    host: 1,
    handler,
    message,
  });
  const late = { now: minute(60) };
  tests(
    toldFailures,
    [
      [
        "poison that is never told",
        [sent(1, "m1", 1), poison],
        /message 1 of 20261123T020000Z-1-aaaaaaaa of contoso went to poison at 02:02:00.000, which was never told/,
        late,
      ],
      [
        "poison told for another run",
        [sent(1, "m1", 1), poison, told(3, "backup.poisoned", { run: OTHER_RUN })],
        /never told/,
        late,
      ],
      ["a reconcile that throws", [threw("scheduledBackup")], /scheduledBackup of host 1 threw at 02:02:00.000: no/],
      [
        "a step that throws for a copy beside the backup",
        [threw("followBackup", "could not write beside the backup (backupStorage, no answer, ECONNRESET).")],
        /followBackup of host 1 threw at 02:02:00.000: could not write beside the backup/,
      ],
      ["a POST answered 500", [answered(2, 1, 500, null)], /POST 1 for contoso was answered 500 at 02:02/],
      [
        "health answered 500",
        [{ at: minute(2), kind: "healthAnswered", status: 500, body: {} }],
        /health was answered 500/,
      ],
    ],
    [
      ["poison that is told", [sent(1, "m1", 1), poison, told(3, "backup.poisoned", { run: RUN })], late],
      [
        "a message that comes again",
        [threw("followBackup", "could not read the ledger (ledger, HTTP 503, ServerBusy).")],
      ],
      ["an answer that says what is down", [answered(2, 1, 503, null)]],
    ],
  );
});

describe("a secret", () => {
  const secrets = { secrets: ["sig=dGhlIHNlY3JldA"] };
  const leak = "https://x/y?sv=1&sig=dGhlIHNlY3JldA&se=2";
  tests(
    noSecret,
    [
      [
        "one in a record",
        [wrote(1, "runs/x", leak)],
        /a secret \(18 characters\) is in runs\/x at 02:01:00.000/,
        secrets,
      ],
      ["one in the log", [told(1, "step.failed", { message: leak })], /is in step.failed of host 1 at 02:01/, secrets],
      [
        "one in an answer",
        [{ at: minute(1), kind: "healthAnswered", status: 200, body: { leak } }],
        /is in an answer of health/,
        secrets,
      ],
    ],
    [["none", [wrote(1, "runs/x", "https://x/y?sig=[secret]"), told(1, "step.failed", { message: "no" })], secrets]],
  );
});
