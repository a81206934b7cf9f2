import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { restoreCommands } from "../../desk/restore-commands.ts";
import { aRecord } from "./some-answers.ts";

const RUNBOOK = readFileSync(join(import.meta.dirname, "../../docs/runbooks/restore.md"), "utf8");
const NOW = new Date("2026-11-23T09:00:00Z");
const FOLDER = "mhsm-contoso-2026112302000312";
const VALUES = {
  hsm: "contoso",
  account: "backupsofcontoso",
  container: "mhsm-backup-contoso-2026-11-23",
  folder: FOLDER,
  key: "payments",
  "UTC time": "2026-11-24T09:00Z",
};
/** A command of the runbook, with a backup's values in the places of its placeholders. */
function inRunbook(start: string, end: RegExp): string {
  const lines = RUNBOOK.split("\n").map((line) => line.trim());
  const line = lines.find((each) => each.startsWith(start) && end.test(each)) ?? `no line ${start}`;
  return Object.entries(VALUES).reduce((text, [name, value]) => text.replaceAll(`<${name}>`, value), line);
}
const WHOLE = inRunbook("az keyvault restore start", /managed-identity true$/);
const ONE_KEY = inRunbook("az keyvault restore start", /--key-name <key>$/);
const [, INSTEAD = ""] = /take `([^`]+)` in place of/.exec(RUNBOOK) ?? [];
const [, REPLACED = ""] = /in place of `([^`]+)`/.exec(RUNBOOK) ?? [];

describe("the restore commands of a run", () => {
  test("with a managed identity are those of the runbook", () => {
    expect(restoreCommands(aRecord(), "managedIdentity", NOW, "payments")).toEqual({
      prepare: null,
      whole: WHOLE,
      oneKey: ONE_KEY,
    });
  });

  test("with a SAS are those of the runbook, and the SAS is valid for a day", () => {
    expect(REPLACED).toBe("--use-managed-identity true");
    expect(restoreCommands(aRecord(), "sas", NOW, "payments")).toEqual({
      prepare: inRunbook("SAS=$(az storage", /tsv\)$/),
      whole: WHOLE.replace(REPLACED, INSTEAD),
      oneKey: ONE_KEY.replace(REPLACED, INSTEAD),
    });
  });

  test("without a key have a placeholder for it", () => {
    expect(restoreCommands(aRecord(), "sas", NOW)).toMatchObject({
      oneKey: expect.stringMatching(/ --key-name <key>$/),
    });
  });

  test("take the account of a local address from its path", () => {
    const run = aRecord({ storageUrl: "https://127.0.0.1:10000/devstoreaccount1" });
    expect(restoreCommands(run, "sas", NOW)).toMatchObject({
      whole: expect.stringContaining("-name devstoreaccount1 "),
    });
  });

  test.each(["Starting", "InProgress", "Failed", "Canceled", "TimedOut"] as const)(
    "are none of a run in %s",
    (state) => {
      expect(restoreCommands(aRecord({ state }), "sas", NOW)).toEqual({
        problem: `The run is ${state}: only a run that Succeeded has a backup.`,
      });
    },
  );

  test.each(["a b", "$(id)", "`id`", "--help", "", "a\nb", "a;b", "a'b", "<key> x", "x".repeat(128)])(
    "are refused for a key named %j",
    (key) => {
      expect(restoreCommands(aRecord(), "sas", NOW, key)).toEqual({
        problem: expect.stringContaining("name of a key"),
      });
    },
  );

  test.each([
    ["folder", { folderUrl: "https://a.blob.core.windows.net/c/$(id)" }],
    ["folder", { folderUrl: "https://a.blob.core.windows.net/c/" }],
    ["folder", { folderUrl: "https://a.blob.core.windows.net/c/-x" }],
    ["folder", { folderUrl: null }],
    ["container", { container: "a b;c" }],
    ["account", { storageUrl: "https://-x.example" }],
  ] as const)("are refused where the %s is none that a shell takes as it is: %j", (what, fields) => {
    expect(restoreCommands(aRecord(fields), "sas", NOW)).toEqual({
      problem: expect.stringContaining(`unusual ${what}`),
    });
  });
});
