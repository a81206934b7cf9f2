import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { fieldsOf, parseJson } from "../../backup/fields.ts";

const TOP = fileURLToPath(new URL("../..", import.meta.url));

async function run(...options: readonly string[]) {
  const child = spawn(process.execPath, ["local/launch.mjs", "start", ...options], {
    cwd: TOP,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk) => (said.stdout += chunk));
  child.stderr.on("data", (chunk) => (said.stderr += chunk));
  await once(child, "close");
  return { code: child.exitCode, ...said };
}

describe("npm start -- --once", () => {
  test("backs up the emulated HSM with the deployed app and gives its record as the last line", async () => {
    const { code, stdout, stderr } = await run("--once", "--json");
    const lines = stdout.trim().split("\n");
    expect(lines, stderr).toHaveLength(1);
    const record = fieldsOf(parseJson(lines[0] ?? "", "record"), "record");
    expect(record).toMatchObject({
      schemaVersion: 1,
      hsm: "contoso",
      trigger: "manual",
      state: "Succeeded",
      error: null,
    });
    expect(record.blobCount).toBeGreaterThan(0);
    expect(record.bytes).toBeGreaterThan(0);
    expect(String(record.folderUrl)).toContain(`/${record.container}/`);
    expect(code).toBe(0);
    expect(stderr).toContain("contoso");
  }, 90_000);

  test("shows a person each step, and the end with container, folder, blobs and bytes", async () => {
    const { code, stdout } = await run("--once");
    expect(code).toBe(0);
    expect(stdout).toMatch(/mhsm-backup-contoso-\d{4}-\d\d-\d\d/);
    expect(stdout).toMatch(/blobs/);
  }, 90_000);
});
