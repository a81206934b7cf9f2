import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { managedHsm } from "../../../azure/managed-hsm/managed-hsm.ts";
import { PATIENT } from "../../azure/managed-hsm/patient-client.ts";
import { SAS, TARGET, TOKEN } from "../../azure/secrets.ts";
import { until } from "../../until.ts";
import { failedOf, outcomeOf } from "./outcomes.ts";
import { brokenWires, http, isLeftOpen, locationsAt, retryAfters, statuses, strangeWires } from "./wire-answers.ts";
import { noUnhandledRejections, wirePair } from "./wire-pair.ts";

const JOB_ID = "45aacd568ab049a2803861e8dd3ae21f";
const GOOD = JSON.stringify({ status: "InProgress", jobId: JOB_ID, error: null, endTime: null });
/** Milliseconds, where nothing else ends the call; all else is given time enough on any machine. */
const LIMIT = 300;
const PATIENCE = PATIENT.callTimeLimit;

const { service, bystander } = wirePair(GOOD);
noUnhandledRejections();

/** Both verbs. */
function calls(limit: number): readonly (() => Promise<unknown>)[] {
  const hsm = { name: "contoso", url: `${service().origin}/contoso` };
  const client = managedHsm({ ...PATIENT, startTimeLimit: limit, callTimeLimit: limit });
  return [() => client.startFullBackup(hsm, TARGET), () => client.getBackupStatus(hsm, JOB_ID)];
}

/** Only these were asked for, whatever was answered. */
function expectOwnPaths(): void {
  for (const request of service().requests) {
    const path = `backup|GET /contoso/backup/${JOB_ID}/pending`;
    expect(request).toMatch(new RegExp(`^(?:POST /contoso/${path})\\?api-version=7\\.4 HTTP`));
    expect(request.toLowerCase()).toContain(`host: ${new URL(service().origin).host}`);
  }
}

describe("an HSM", () => {
  test.each(brokenWires(GOOD))("that %s: no answer, within the time limit", async (_what, wire) => {
    service().answer(wire);
    const limit = isLeftOpen(wire) ? LIMIT : PATIENCE;
    const failed = await Promise.all(calls(limit).map((call) => failedOf(call(), limit)));
    for (const { failure } of failed) {
      expect(failure).toMatchObject({ target: "contoso", reason: "noAnswer", status: null });
    }
    // It is the answer that broke, and not the way to it.
    if (!isLeftOpen(wire)) expect(service().requests.length > 0).toBe(wire.when === "request");
    await until("each call that was given up has hung up", () => service().endless() === 0);
    expectOwnPaths();
  });

  test.each(strangeWires(GOOD))("that %s: an outcome, or an answer that can't be read", async (_what, wire) => {
    service().answer(wire);
    for (const call of calls(PATIENCE)) {
      const outcome = await outcomeOf(call(), PATIENCE);
      if ("failed" in outcome) expect(outcome.failed.failure.reason).toBe("unreadable");
      else expect(JSON.stringify(outcome.value)).toMatch(/"jobId"|"running"/);
    }
    expectOwnPaths();
  });

  test("whose answer never ends is cut off long before the time limit", async () => {
    service().answer({ when: "request", bytes: "HTTP/1.1 200 OK\r\n\r\n", after: "flood" });
    for (const call of calls(PATIENCE)) {
      const { failure } = await failedOf(call(), PATIENCE);
      expect(failure).toMatchObject({ reason: "noAnswer", said: expect.stringContaining("longer than 1048576 bytes") });
    }
    await until("each call that was given up has hung up", () => service().endless() === 0);
  });

  test("whose answer has 10 MB is cut off too", async () => {
    const error = { code: "x".repeat(5_000_000), message: TOKEN.repeat(20_000) };
    service().answer(http(400, [], JSON.stringify({ error })));
    for (const call of calls(PATIENCE)) expect((await failedOf(call(), PATIENCE)).failure.reason).toBe("noAnswer");
  });
});

/** A `retryAfter`, where there is one, is finite and not negative. */
function expectPause(value: unknown): void {
  if (typeof value !== "object" || value === null || !("retryAfter" in value) || value.retryAfter === null) return;
  expect(value.retryAfter).toBeGreaterThanOrEqual(0);
  expect(value.retryAfter).toBeLessThan(Number.POSITIVE_INFINITY);
}

const echo = fc.constantFrom(
  GOOD,
  "",
  "<html>no</html>",
  TOKEN,
  `?${SAS}`,
  JSON.stringify({ error: { message: SAS } }),
);

test("whatever the status, and wherever the headers point: an outcome or a failure, and no other server is asked", async () => {
  await fc.assert(
    fc.asyncProperty(
      statuses,
      echo,
      retryAfters,
      fc.nat(),
      fc.boolean(),
      async (status, body, retryAfter, which, isEchoing) => {
        const locations = locationsAt(bystander().origin);
        const location = locations[which % locations.length] ?? "";
        const echoed: readonly [string, string][] = isEchoing
          ? [
              ["x-echo", SAS],
              ["content-type", TOKEN],
            ]
          : [];
        service().answer(
          http(
            status,
            [["location", location], ["azure-asyncoperation", location], ["retry-after", retryAfter], ...echoed],
            status === 204 || status === 304 ? "" : body,
          ),
        );
        for (const call of calls(PATIENCE)) {
          const outcome = await outcomeOf(call(), PATIENCE);
          if ("failed" in outcome) {
            expect(outcome.failed.failure.status).toBe(status);
            continue;
          }
          expect(status).toBeLessThan(300);
          expectPause(outcome.value);
        }
        // A redirect is followed nowhere, not even to the HSM itself.
        const methods = service().requests.map((request) => request.split(" ")[0]);
        const isRetried = status === 408 || (status >= 500 && ![501, 505].includes(status));
        expect(methods.slice(0, 2)).toEqual(["POST", "GET"]);
        expect([0, isRetried ? 3 : 0]).toContain(methods.slice(2).filter((method) => method === "GET").length);
        expect(methods.filter((method) => method === "POST")).toHaveLength(1);
        expectOwnPaths();
        expect(bystander().requests).toEqual([]);
      },
    ),
    { numRuns: 120 },
  );
});
