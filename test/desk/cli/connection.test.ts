import { afterEach, describe, expect, test } from "vitest";
import { type FakeApp, json, startFakeApp } from "../fake-app.ts";
import { anHsm, someHsms } from "../some-answers.ts";
import { runCli } from "./run-cli.ts";

let app: FakeApp | undefined;
afterEach(async () => {
  await app?.close();
  app = undefined;
});

async function startApp(): Promise<string> {
  app = await startFakeApp(() => json(someHsms(anHsm())));
  return app.url;
}
const keysSent = () => app?.asked.map(({ headers }) => headers["x-functions-key"]);

describe("the address", () => {
  test("is taken from --url before the environment, with or without the prefix of the routes", async () => {
    const url = await startApp();
    const env = { MHSM_BACKUP_URL: "https://other.example", MHSM_BACKUP_KEY: "key" };
    for (const address of [url, `${url}/`, `${url}/api`, `${url}/api/`])
      expect((await runCli(["hsms", "--url", address], { env })).exitCode).toBe(0);
    expect(new Set(app?.asked.map(({ path }) => path))).toEqual(new Set(["/api/hsms"]));
  });

  test("where nothing listens is code 4, at once", async () => {
    const url = await startApp();
    await app?.close();
    for (const args of [["hsms"], ["start", "contoso", "--wait"]]) {
      const { exitCode, stdout, stderr, pauses } = await runCli(args, { url });
      expect({ exitCode, stdout, pauses }).toEqual({ exitCode: 4, stdout: "", pauses: [] });
      expect(stderr).toMatch(/^The app can't be reached\..*ECONNREFUSED\nCheck --url or MHSM_BACKUP_URL/);
    }
  });
});

describe("the key", () => {
  const files = { one: "from-the-flag\n", two: "from-a-file" };

  test("is taken from --key-file, then from the file in the environment, then from the environment", async () => {
    const url = await startApp();
    const env = { MHSM_BACKUP_KEY_FILE: "two", MHSM_BACKUP_KEY: "itself" };
    await runCli(["hsms", "--key-file", "one"], { url, env, files });
    await runCli(["hsms"], { url, env, files });
    await runCli(["hsms"], { url, env: { MHSM_BACKUP_KEY: "itself" }, files });
    expect(keysSent()).toEqual(["from-the-flag", "from-a-file", "itself"]);
  });

  test("need not be given for a local address", async () => {
    const env = { MHSM_BACKUP_URL: await startApp() };
    expect((await runCli(["hsms"], { env })).exitCode).toBe(0);
    expect(keysSent()).toEqual([undefined]);
  });
});
