import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { buildWorkbook } from "../../../infra/workbook/build.ts";
import { install } from "../alarms/story.ts";
import { makeStoryWorld } from "../alarms/story-world.ts";
import { bind } from "./bind.ts";
import { SCHEMAS } from "./schemas.ts";
import { openWorkspace } from "./workspace.ts";

const FOLDER = new URL("../../../infra/workbook/", import.meta.url);
const FILES = readdirSync(FOLDER).filter((file) => file.endsWith(".kql"));
const MONTH_MILLISECONDS = 30 * 86_400_000;

const readQuery = (file: string): string =>
  readFileSync(new URL(file, FOLDER), "utf8").replace("'{HSMS}'", "'contoso', 'fabrikam', 'unheard'");

/** Two HSMs, three days: contoso fails once and is made good, fabrikam is gone since the second night; one runs now. */
async function liveThreeDays() {
  const world = makeStoryWorld({ begin: "2026-11-01T10:20:00Z", hsms: ["contoso", "fabrikam"] });
  await install(world);
  await world.until("2026-11-03T01:00:00Z");
  world.at("contoso").failNextJob("StorageError", "The container is full.");
  world.troubles.gone.add("fabrikam");
  await world.until("2026-11-04T02:01:00Z");
  const at = world.now() + 60_000;
  const rows = world.rows();
  return async (file: string) => {
    // What was logged in the last minutes has arrived: nobody looks at a workbook by the second.
    const arrived = rows.AppTraces.map((row) => ({ ...row, ingestedAt: row.TimeGenerated }));
    const workspace = await openWorkspace(SCHEMAS, { AppTraces: arrived });
    const results = await workspace.run(readQuery(file), [{ at, from: at - MONTH_MILLISECONDS }]);
    workspace.close();
    return results.map(({ row }) => row);
  };
}

describe("the workbook", () => {
  test("is what its queries make it", () => {
    const committed: unknown = JSON.parse(readFileSync(new URL("workbook.json", FOLDER), "utf8"));
    expect(committed).toEqual(JSON.parse(buildWorkbook()));
    for (const file of FILES)
      expect(buildWorkbook()).toContain(JSON.stringify(readFileSync(new URL(file, FOLDER), "utf8")));
  });

  test.each(FILES)("%s has no finding, and runs where no table is there", async (file) => {
    expect(bind(readQuery(file), SCHEMAS).findings).toEqual([]);
    const workspace = await openWorkspace(SCHEMAS, {});
    const rows = await workspace.run(readQuery(file), [{ at: MONTH_MILLISECONDS, from: 0 }]);
    expect(rows).toHaveLength(file === "covered.kql" ? 3 : 0);
    workspace.close();
  });
});

describe("over three days, the workbook's query", () => {
  const asked = liveThreeDays();
  const ask = async (file: string) => (await asked)(file);

  test("covered tells how each HSM stands, one that nobody ever heard of too", async () => {
    const rows = await ask("covered.kql");
    expect(rows.map(({ Hsm, Covered }) => [Hsm, Covered])).toEqual([
      ["fabrikam", "overdue"],
      ["unheard", "nothing known"],
      ["contoso", "covered"],
    ]);
    expect(rows[2]).toMatchObject({ AgeHours: 23.7, LimitHours: 31, FailuresInARow: 0 });
  });

  test("calendar tells how each day's backups ended", async () => {
    const rows = await ask("calendar.kql");
    expect(
      rows.map(({ Hsm, Day, Outcome, Failed, Missed }) => [Hsm, String(Day).slice(8, 10), Outcome, Failed, Missed]),
    ).toEqual([
      ["contoso", "03", "made good", 1, 0],
      ["contoso", "02", "good", 0, 0],
      ["contoso", "01", "good", 0, 0],
      ["fabrikam", "03", "none", 3, 0],
      ["fabrikam", "02", "good", 0, 0],
      ["fabrikam", "01", "good", 0, 0],
    ]);
  });

  test("durations and sizes have a point for each success", async () => {
    const durations = await ask("durations.kql");
    expect(durations).toHaveLength(5);
    expect(durations[0]).toMatchObject({ Hsm: "contoso", Minutes: 3.4 });
    expect((await ask("sizes.kql"))[0]).toMatchObject({ MiB: 0.001 });
  });

  test("failures tells the causes, with the newest one's words", async () => {
    const rows = await ask("failures.kql");
    expect(rows.map(({ Cause, Failures, Hsm }) => [Cause, Failures, Hsm])).toContainEqual([
      "StorageError",
      1,
      "contoso",
    ]);
    expect(rows.find(({ Hsm }) => Hsm === "fabrikam")).toMatchObject({ Failures: 3 });
  });

  test("running tells what stands on a card, with its newest step", async () => {
    const rows = await ask("running.kql");
    expect(rows.map(({ Hsm, State }) => [Hsm, State])).toEqual([
      ["contoso", "InProgress"],
      ["fabrikam", "Starting"],
    ]);
  });
});
