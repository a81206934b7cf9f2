import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Fields } from "../../scripts/json.ts";
import { until } from "../until.ts";
import { type AppWorld, startAppWorld } from "./app-world.ts";
import { untilBackedUp } from "./ledger-view.ts";
import type { RunningHost } from "./running-host.ts";

const OFTEN = 1_000;
const FAULTS: Readonly<Record<string, readonly object[]>> = {
  marked: [
    { operation: "backup", fault: "byteOrderMark" },
    { operation: "backupStatus", fault: "byteOrderMark", times: OFTEN },
  ],
  nulls: [{ operation: "backup", fault: "nullError" }],
  capitals: [
    {
      operation: "backup",
      fault: "status",
      status: 400,
      code: "Odd",
      message: "No.",
      shape: "capitalized",
      times: OFTEN,
    },
  ],
  texts: [{ operation: "backup", fault: "status", status: 400, message: "Not so.", shape: "text", times: OFTEN }],
  refused: [
    { operation: "backup", fault: "refusedLook" },
    { operation: "backup", fault: "failAt", share: 0.5 },
  ],
};

describe("answers that services were seen to give", () => {
  let app: AppWorld;
  let host: RunningHost;
  beforeAll(async () => {
    app = await startAppWorld(Object.keys(FAULTS));
    for (const [hsm, faults] of Object.entries(FAULTS)) await app.control("POST", hsm, "faults", faults);
    host = await app.startHost();
  }, 60_000);
  afterAll(() => app?.stop());

  const untilFailed = (hsm: string): Promise<Fields> =>
    until(`a run of ${hsm} has failed`, () => host.events("backup.failed").find((event) => event.hsm === hsm));

  test.each(["marked", "nulls"])("do not spoil a backup: %s", async (hsm) => {
    const { records } = await untilBackedUp(app.ledger, hsm);
    expect(records.map(({ state }) => state)).toEqual(["Succeeded"]);
  });

  test.each([
    ["capitals", "Odd", "No"],
    ["texts", "noErrorCode", "Not so"],
  ])("fail a run in the words of the error: %s", async (hsm, code, words) => {
    expect(await untilFailed(hsm)).toMatchObject({ code, message: expect.stringContaining(words) });
  });

  test("a look that is refused because the job failed fails the run, and the next try succeeds", async () => {
    const failed = await untilFailed("refused");
    const { records } = await untilBackedUp(app.ledger, "refused");
    expect(failed).toMatchObject({ code: "BadRequest", message: expect.stringContaining("The job failed at 0.5") });
    expect(records.map(({ state }) => state)).toEqual(["Succeeded", "Failed"]);
  });
});
