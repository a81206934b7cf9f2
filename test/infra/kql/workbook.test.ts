import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { buildWorkbook } from "../../../infra/workbook/build.ts";
import { logged, writeLog } from "../alarms/written/written-log.ts";
import { failing, nightly, run } from "../alarms/written/written-run.ts";
import { FIELD_NAMES } from "../product-contract.ts";
import { bind } from "./bind.ts";
import { SCHEMAS } from "./schemas.ts";
import { openWorkspace } from "./workspace.ts";

const FOLDER = new URL("../../../infra/workbook/", import.meta.url);
const FILES = readdirSync(FOLDER).filter((file) => file.endsWith(".kql"));
const MONTH_MILLISECONDS = 30 * 86_400_000;

const readQuery = (file: string): string =>
  readFileSync(new URL(file, FOLDER), "utf8").replace("'{HSMS}'", "'contoso', 'fabrikam', 'unheard'");

const NOW = "2026-11-04T02:01:00Z";
const FAILED = run("contoso", "2026-11-03T02:00:00Z", { state: "Failed", code: "StorageError" });
const REPEATED = run("contoso", "2026-11-03T02:20:00Z", { slot: FAILED.slot, minutes: 4 });
const GONE = { state: "TimedOut", isAccepted: false, code: "ENOTFOUND", minutes: 360 } as const;
const DIED_AT = Date.parse("2026-11-03T02:21:30Z");

/**
 * Two HSMs, three days: contoso fails once, and its retry succeeds after a process died; fabrikam can't be reached since the
 * second night; a backup of each is running now.
 */
async function liveThreeDays() {
  const at = Date.parse(NOW);
  const rows = writeLog({
    from: "2026-11-01T10:20:00Z",
    to: NOW,
    hsms: ["contoso", "fabrikam"],
    runs: [
      ...["contoso", "fabrikam"].flatMap((hsm) => [run(hsm, "2026-11-01T10:20:00Z", { slot: null })]),
      ...["contoso", "fabrikam"].flatMap((hsm) => nightly(hsm, "2026-11-02", "2026-11-02")),
      FAILED,
      REPEATED,
      run("contoso", "2026-11-04T01:59:00Z"),
      ...failing("fabrikam", "2026-11-03T02:00:00Z", "2026-11-03T19:00:00Z", GONE),
      run("fabrikam", "2026-11-04T01:58:00Z", GONE),
    ],
    more: [
      logged(DIED_AT, "backup.resumed", { hsm: "contoso", run: REPEATED.id }, { host: "host-c" }),
      logged(DIED_AT + 1, "message.dropped", { hsm: "contoso", run: REPEATED.id, why: "The message is old." }),
      // A process that died after logging the end: the next one logs it again.
      logged(FAILED.endedAt + 1, "backup.failed", {
        hsm: "contoso",
        run: FAILED.id,
        slot: new Date(FAILED.startedAt).toISOString(),
        code: FAILED.code,
      }),
    ],
  });
  return async (file: string, id = "") => {
    // What was logged in the last minutes has arrived; what is later hasn't happened.
    const arrived = (rows.AppTraces ?? []).map((row) => ({ ...row, ingestedAt: row.TimeGenerated }));
    const workspace = await openWorkspace(SCHEMAS, { AppTraces: arrived });
    const query = readQuery(file).replaceAll("'{Run}'", `'${id}'`);
    const results = await workspace.run(query, [{ at, from: at - MONTH_MILLISECONDS }]);
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

  test.each(FILES)("%s asks for fields of the contract", (file) => {
    const fields = [...readQuery(file).matchAll(/Entry\.(\w+)/g)].map(([, field]) => field);
    expect(fields.length).toBeGreaterThan(0);
    for (const field of fields) expect([...FIELD_NAMES]).toContain(field);
  });

  test("lists the alarms with whether they are on, from Resource Graph", () => {
    const { items }: { items: { name: string; content: { query: string; queryType: number } }[] } = JSON.parse(
      buildWorkbook(),
    );
    const rules = items.find(({ name }) => name === "rules")?.content;
    expect(rules?.queryType).toBe(1);
    const columns = ["type", "name", "resourceGroup"].map((name) => ({ name, type: "string" }));
    const resources = [...columns, { name: "properties", type: "dynamic" }];
    expect(bind(rules?.query ?? "", { resources }).findings).toEqual([]);
    expect(rules?.query).toContain("tobool(properties.enabled)");
  });

  test("gives run.kql its parameter", () => {
    expect(readQuery("run.kql")).toContain("'{Run}'");
    expect(buildWorkbook()).toMatch(/"name": "Run"/);
  });
});

describe("over three days, the workbook's query", () => {
  const asked = liveThreeDays();
  const ask = async (file: string, id?: string) => (await asked)(file, id);

  test("covered shows the status of each HSM, also of one that never logged anything", async () => {
    const rows = await ask("covered.kql");
    expect(rows.map(({ Hsm, Covered }) => [Hsm, Covered])).toEqual([
      ["unheard", "unknown"],
      ["fabrikam", "overdue"],
      ["contoso", "covered"],
    ]);
    expect(rows[2]).toMatchObject({ AgeHours: 23.7, OverdueAt: "2026-11-04T09:00:00.000Z", FailuresInARow: 0 });
  });

  test("calendar shows how the backups of each day ended", async () => {
    const rows = await ask("calendar.kql");
    expect(rows.map(({ Hsm, Day, Outcome, Failed }) => [Hsm, String(Day).slice(8, 10), Outcome, Failed])).toEqual([
      ["contoso", "03", "succeeded after a failure", 1],
      ["contoso", "02", "succeeded", 0],
      ["contoso", "01", "succeeded", 0],
      ["fabrikam", "03", "no backup", 3],
      ["fabrikam", "02", "succeeded", 0],
      ["fabrikam", "01", "succeeded", 0],
    ]);
  });

  test("durations and sizes have a point for each success", async () => {
    const durations = await ask("durations.kql");
    expect(durations).toHaveLength(5);
    expect(durations[0]).toMatchObject({ Minutes: 3 });
    expect((await ask("sizes.kql"))[0]).toMatchObject({ MiB: 0.954 });
  });

  test("failures shows the causes, with the newest one's message, and counts a repeated end once", async () => {
    const rows = await ask("failures.kql");
    expect(rows.map(({ Cause, Failures, Hsm }) => [Cause, Failures, Hsm])).toEqual([
      ["ENOTFOUND", 3, "fabrikam"],
      ["StorageError", 1, "contoso"],
    ]);
  });

  test("running shows the active runs, each with its newest step", async () => {
    const rows = await ask("running.kql");
    expect(rows.map(({ Hsm, State, Job, Problem }) => [Hsm, State, Job, Problem])).toEqual([
      ["contoso", "InProgress", "job-20261104T015900Z-s-contoso", ""],
      ["fabrikam", "Starting", "", "The HSM can't be reached."],
    ]);
  });

  test("run shows every event of one run in order, over processes and hosts, with what each says", async () => {
    const rows = await ask("run.kql", REPEATED.id);
    expect(rows.map(({ Event, Host, Function: name, Says }) => [Event, Host, name, Says])).toEqual([
      ["backup.started", "host-a", "scheduledBackup", ""],
      ["backup.followed", "host-b", "followBackup", ""],
      ["backup.resumed", "host-c", "scheduledBackup", ""],
      ["message.dropped", "host-a", "scheduledBackup", "The message is old."],
      ["backup.succeeded", "host-b", "followBackup", ""],
    ]);
    expect(rows.at(-1)).toMatchObject({ State: "Succeeded", Blobs: 2, Bytes: 1_000_000 });
    expect((await ask("run.kql", FAILED.id))[2]).toMatchObject({
      Says: "The backup ended with StorageError.",
      Remedy: "Look up StorageError.",
    });
  });

  test("run shows nothing where no id is given", async () => {
    expect(await ask("run.kql")).toEqual([]);
  });
});
