import { afterEach, describe, expect, test } from "vitest";
import { restoreCommands } from "../../../desk/restore-commands.ts";
import { type FakeApp, json, startFakeApp } from "../fake-app.ts";
import { anHsm, aRecord, RUN, someHsms } from "../some-answers.ts";
import { runCli } from "./run-cli.ts";

const NOW = new Date("2026-11-23T09:38:00Z");
const listed = {
  id: RUN,
  hsm: "contoso",
  state: "Succeeded",
  trigger: "manual",
  slot: null,
  startedAt: null,
  endedAt: null,
};
const WHOLE =
  "az keyvault restore start --hsm-name contoso --storage-account-name backupsofcontoso --blob-container-name mhsm-backup-contoso-2026-11-23 --backup-folder mhsm-contoso-2026112302000312";

let app: FakeApp | undefined;
afterEach(async () => {
  await app?.close();
  app = undefined;
});

async function startApp(record = aRecord(), runs: readonly object[] = [{ ...listed, blobCount: 7, bytes: 1 }]) {
  app = await startFakeApp(({ path }) => {
    if (path === "/api/hsms") return json(someHsms(anHsm()));
    return path.startsWith("/api/backups/") ? json(record) : json({ runs, cursor: null });
  });
  return app.url;
}

describe("restore-command", () => {
  test("prints the command for the newest verified backup, in the way in which the app is set", async () => {
    const { exitCode, stdout, stderr } = await runCli(["restore-command", "contoso"], { url: await startApp() });
    expect(stdout).toBe(`${WHOLE} --use-managed-identity true\n`);
    expect(stderr).toBe(
      "This replaces everything in contoso, which serves no requests while it runs. Read docs/runbooks/restore.md first.\n",
    );
    expect(exitCode).toBe(0);
    expect(app?.asked.map(({ path }) => path)).toEqual([
      "/api/backups?hsm=contoso&state=Succeeded&limit=1",
      `/api/backups/contoso/${RUN}`,
      "/api/hsms",
    ]);
  });

  test("prints those for one key with a SAS, of the run that is named", async () => {
    const args = ["restore-command", "contoso", RUN, "--key", "payments", "--access", "sas"];
    const { stdout, stderr } = await runCli(args, { url: await startApp() });
    const expected = restoreCommands(aRecord(), "sas", NOW, "payments");
    if ("problem" in expected) throw new Error(expected.problem);
    expect(stdout).toBe(`${expected.prepare}\n${expected.oneKey}\n`);
    expect(stderr).toBe("The key must be purged before. Read docs/runbooks/restore.md first.\n");
    expect(app?.asked.map(({ path }) => path)).toEqual([`/api/backups/contoso/${RUN}`]);
  });

  test("prints the run and its commands with --json", async () => {
    const { stdout } = await runCli(["restore-command", "contoso", RUN, "--json"], { url: await startApp() });
    const commands = [`${WHOLE} --use-managed-identity true`];
    expect(JSON.parse(stdout)).toEqual({ run: aRecord(), access: "managedIdentity", commands });
  });

  test("is code 5 where there is no verified backup", async () => {
    const none = await runCli(["restore-command", "contoso"], { url: await startApp(aRecord(), []) });
    expect(none).toMatchObject({
      exitCode: 5,
      stdout: "",
      stderr: "contoso has no verified backup. See: mhsm-backup runs --hsm contoso\n",
    });
    await app?.close();
    const url = await startApp(aRecord({ state: "Failed" }));
    const failed = await runCli(["restore-command", "contoso", RUN], { url });
    expect(failed).toMatchObject({ exitCode: 5, stdout: "", stderr: expect.stringContaining("The run is Failed") });
  });
});
