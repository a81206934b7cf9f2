import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import packageJson from "../../../package.json" with { type: "json" };
import { bundleCli } from "../../../scripts/bundle-cli.ts";
import { type Child, startChild } from "../../child-process.ts";
import { until } from "../../until.ts";
import { type FakeApp, json, startFakeApp } from "../fake-app.ts";
import { anHsm, aRecord, RUN, someHsms } from "../some-answers.ts";

const RUNNING = aRecord({ state: "InProgress", endedAt: null, bytes: null, blobCount: null, folderUrl: null });

describe("the bundled program, alone in its folder", () => {
  let folder: string;
  let program: string;
  let app: FakeApp;
  let children: readonly Child[] = [];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "mhsm-backup-"));
    program = join(folder, "mhsm-backup.mjs");
    await writeFile(program, await bundleCli());
    app = await startFakeApp(({ method, path }) => {
      if (path === "/api/hsms") return json(someHsms(anHsm()));
      return json(RUNNING, method === "POST" ? 202 : 200);
    });
  });
  afterAll(async () => {
    for (const child of children) await child.kill();
    await app?.close();
    await rm(folder, { recursive: true });
  });

  function run(...args: readonly string[]): Child {
    const child = startChild([program, ...args], { env: { MHSM_BACKUP_URL: app.url }, cwd: folder });
    children = [...children, child];
    return child;
  }

  test.each([
    ["--version", packageJson.version],
    ["--help", "Usage: mhsm-backup [options] [command]"],
  ])("runs %s", async (flag, firstLine) => {
    const child = run(flag);
    expect(await child.exited).toBe(0);
    expect(child.stdout[0]).toBe(firstLine);
    expect(child.stderr).toEqual([]);
  });

  test("asks the app, and ends by itself", async () => {
    const child = run("hsms");
    expect(await child.exited).toBe(0);
    expect(child.stdout[1]).toMatch(/^contoso {2}ok /);
  });

  test("says at Ctrl-C that the backup goes on, and ends with 130", async () => {
    const child = run("start", "contoso", "--wait");
    await until("it waits", async () => child.stderr.some((line) => line.includes("InProgress")) || undefined);
    child.process.kill("SIGINT");
    expect(await child.exited).toBe(130);
    expect(child.stderr.at(-1)).toBe(`The backup goes on. Look again: mhsm-backup show contoso ${RUN}`);
    expect(child.stdout).toEqual([]);
  });

  test("ends quietly where the reader of its output has gone", async () => {
    const child = run("hsms", "--json");
    child.process.stdout?.destroy();
    expect(await child.exited).toBe(0);
    expect(child.stderr).toEqual([]);
  });

  test("has the licence of everything that is bundled in it", async () => {
    const text = await bundleCli();
    for (const name of ["commander", "valibot"]) expect(text).toMatch(new RegExp(`\\n${name} [\\d.]+ \\(MIT\\)\\n`));
  });
});
