import { describe, expect, test } from "vitest";
import { RUN } from "../some-answers.ts";
import { runCli } from "./run-cli.ts";

const URL = "https://backups.azurewebsites.net";
const SECRET = "c2VjcmV0LWtleQ-_x9==";
const KEY = { MHSM_BACKUP_KEY: SECRET };

describe("an argument that is wrong", () => {
  test.each([
    [["show", "-x", RUN], /unknown option '-x'/],
    [["show", "a", RUN], /^HSM: expected a name of 3 to 24/],
    [["show", "contoso"], /missing required argument 'run'/],
    [["show", "contoso", "../x"], /^RUN: expected an id such as/],
    [["show", "contoso", RUN, "more"], /too many arguments/],
    [["runs", "--state", "Broken"], /Allowed choices are Starting, InProgress/],
    [["runs", "--limit", "many"], /^--limit: expected a whole number from 1/],
    [["coverage", "contoso", "--days", "0"], /^--days: expected a whole number from 1/],
    [["start"], /missing required argument 'hsm'/],
    [["start", "contoso", "--timeout", "soon"], /^--timeout: expected a duration such as 90s, 45m or 1h30m/],
    [["start", "contoso", "--timeout", "0s"], /^--timeout: expected a duration/],
    [["restore-command", "contoso", "--key", "a b"], /^--key: expected the name of a key/],
    [["restore-command", "contoso", "--access", "key"], /Allowed choices are managedIdentity, sas/],
    [["delete"], /unknown command 'delete'/],
    [["hsms", "--key", "any"], /unknown option '--key'/],
  ])("is code 2, and a message on standard error that says what is expected: %j", async (args, message) => {
    const { exitCode, stdout, stderr } = await runCli(args, { url: URL });
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr.replace("error: ", "")).toMatch(message);
    expect(stderr).toMatch(/^[^\n]+\n$/);
  });

  test.each([
    [["hsms", `--key=${SECRET}`]],
    [["hsms", "--key", SECRET]],
    [["show", SECRET, RUN]],
    [["show", "contoso", SECRET]],
    [["runs", "--limit", SECRET]],
    [["start", "contoso", "--timeout", SECRET]],
    [["restore-command", "contoso", "--key", SECRET]],
    [["--url", `${URL}/api?code=${SECRET}`, "hsms"]],
    [["--url", `https://user:${SECRET}@backups.azurewebsites.net`, "hsms"]],
    [["--url", SECRET, "hsms"]],
    [["--key-file", SECRET, "hsms"]],
  ])("is not repeated where it may be a key: %j", async (args) => {
    const { exitCode, stdout, stderr } = await runCli(args, { url: URL });
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).not.toContain(SECRET);
  });

  test("can't steer the terminal", async () => {
    const { stderr } = await runCli(["\u001b[31mred\u202E"], { url: URL });
    expect(stderr).toMatch(/^error: unknown command '[^\p{Cc}\u202E]*'\n$/u);
  });
});

describe("the address", () => {
  test.each([
    [{}, /^No address is given: expected .* in --url or MHSM_BACKUP_URL/],
    [{ MHSM_BACKUP_URL: "backups.azurewebsites.net" }, /^--url: expected .*, got no URL/],
    [{ MHSM_BACKUP_URL: "http://backups.azurewebsites.net" }, /http is for a local address only/],
    [{ MHSM_BACKUP_URL: "ftp://127.0.0.1" }, /http is for a local address only/],
    [{ MHSM_BACKUP_URL: "http://127.0.0.1.contoso.example" }, /http is for a local address only/],
    [{ MHSM_BACKUP_URL: `${URL}/?code=x` }, /got more in it\. A key belongs into a file/],
    [{ MHSM_BACKUP_URL: `${URL}/other` }, /without a path/],
  ])("is refused before anything is sent: %j", async (env, message) => {
    const { exitCode, stderr } = await runCli(["hsms"], { env: { ...KEY, ...env } });
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(message);
  });
});

describe("the key", () => {
  const env = { MHSM_BACKUP_URL: URL };

  test.each([
    ["none", {}, {}, /^No key is given: expected --key-file, MHSM_BACKUP_KEY_FILE or MHSM_BACKUP_KEY/],
    ["an empty file", { MHSM_BACKUP_KEY_FILE: "empty" }, { empty: " \n" }, /^the key file: expected .*, got nothing/],
    [
      "two lines",
      { MHSM_BACKUP_KEY_FILE: "two" },
      { two: "a\nb" },
      /^the key file: expected a function key in one line/,
    ],
    ["no such file", { MHSM_BACKUP_KEY_FILE: "none" }, {}, /^The key file can't be read \(ENOENT\)/],
    ["a wrong variable", { MHSM_BACKUP_KEY: "a b" }, {}, /^MHSM_BACKUP_KEY: expected a function key in one line/],
  ])("is refused with what is expected: %s", async (_what, more, files, message) => {
    const { exitCode, stderr } = await runCli(["hsms"], { env: { ...env, ...more }, files });
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(message);
  });
});

describe("--help and --version", () => {
  test.each([["--help"], ["start", "--help"], ["--version"]])("are data: %s %s", async (...args) => {
    const { exitCode, stdout, stderr } = await runCli(args);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toMatch(args.includes("--version") ? /^1\.2\.3\n$/ : /^Usage: mhsm-backup /);
  });

  test("is shown on standard error where no command is given", async () => {
    const { exitCode, stdout, stderr } = await runCli([]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toMatch(/^Usage: mhsm-backup /);
  });
});
