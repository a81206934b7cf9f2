import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { makeTemporaryFolder } from "../../local/temporary-folder.ts";
import { isAlive, type Traces, watchTraces } from "./traces.ts";
import { until } from "./until.ts";

const PARENT = fileURLToPath(new URL("./fixtures/parent.ts", import.meta.url));

describe("a temporary folder", () => {
  let traces: Traces;

  beforeEach(async () => {
    traces = await watchTraces();
    vi.stubEnv("TMPDIR", traces.folder);
  });

  afterEach(async () => {
    vi.unstubAllEnvs();
    await traces.remove();
  });

  it("is its owner's only, and is gone with all in it, and its caretaker, when it is stopped", async () => {
    const folder = await makeTemporaryFolder();
    expect((await stat(folder.path)).mode & 0o777).toBe(0o700);
    await writeFile(join(folder.path, "file"), "content");
    await folder.stop();
    expect(await traces.files()).toEqual([]);
    expect(await traces.processes()).toEqual([]);
  });

  it("that can't be made is told in one sentence", async () => {
    vi.stubEnv("TMPDIR", join(traces.folder, "missing"));
    await expect(makeTemporaryFolder()).rejects.toThrow("missing: set TMPDIR to one that you may write to.");
  });

  it("is gone, and so is the program that was started, when their parent is killed", async () => {
    const parent = spawn(process.execPath, [PARENT], { stdio: ["ignore", "pipe", "inherit"] });
    const [line] = await once(createInterface({ input: parent.stdout }), "line");
    const { pid, folder }: { pid: number; folder: string } = JSON.parse(String(line));
    expect([isAlive(pid), existsSync(folder)]).toEqual([true, true]);

    parent.kill("SIGKILL");
    await until("the end of the program", () => !isAlive(pid));
    await until("the end of the folder", () => !existsSync(folder));
    await until("the end of the caretaker", async () => (await traces.processes()).length === 0);
  });
});
