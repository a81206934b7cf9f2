import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Fields } from "../../scripts/json.ts";
import { until } from "../until.ts";
import { healthOf, untilHealthy } from "./answers.ts";
import { type AppWorld, startAppWorld } from "./app-world.ts";
import { untilBackedUp } from "./ledger-view.ts";
import type { RunningHost } from "./running-host.ts";

// Slots a day apart, of which one is due; the deadline of a run passes while the test runs.
const SHORT_DEADLINE = { FAST_SLOTS: "86400", FAST_DEADLINE: "8" };

describe("an HSM that can't be reached for longer than the deadline of a run", () => {
  let app: AppWorld;
  let host: RunningHost;
  beforeAll(async () => {
    app = await startAppWorld(["dark", "bright"]);
    await app.control("POST", "dark", "faults", [
      { fault: "hang", operation: "any" },
      { fault: "status", operation: "any", status: 503, code: "ServiceUnavailable", times: 1_000 },
    ]);
    host = await app.startHost(SHORT_DEADLINE);
  }, 60_000);
  afterAll(() => app?.stop());

  const loggedOf = (event: string, hsm: string): readonly Fields[] =>
    host.events(event).filter((line) => line.hsm === hsm);

  test("is overdue while the other is well; its run times out, and the slot is backed up once it can be reached", async () => {
    await untilBackedUp(app.ledger, "bright");
    const timedOut = await until("its run has timed out", () => loggedOf("backup.timedOut", "dark")[0]);
    const sick = await healthOf(host);
    const later = await until("the slot is tried again", () =>
      loggedOf("backup.refused", "dark").find(({ run }) => run !== timedOut.run),
    );
    await app.control("DELETE", "dark", "faults");
    const { records } = await untilBackedUp(app.ledger, "dark");
    await untilHealthy(host);

    expect(sick).toMatchObject({ status: 503 });
    expect(sick.hsms).toMatchObject([
      { hsm: "dark", isOverdue: true, newestSuccess: null },
      { hsm: "bright", isOverdue: false, problem: null },
    ]);
    expect(loggedOf("backup.checked", "dark")[0]).toMatchObject({ level: "warning", isOverdue: true });
    const first = records.find(({ id }) => id === timedOut.run);
    expect(first).toMatchObject({ state: "TimedOut", slot: later.slot });
    expect(first?.attempts[0]).toMatchObject({ outcome: { code: "timeout", status: null } });
    expect(later).toMatchObject({ code: "ServiceUnavailable", status: 503 });
    expect(records[0]).toMatchObject({ state: "Succeeded", slot: later.slot });
    expect(records[0]?.attempts.at(-1)).toMatchObject({ outcome: { code: "accepted", status: 202 } });
  });
});
