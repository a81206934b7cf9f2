import { existsSync } from "node:fs";
import { stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, vi } from "vitest";
import { makeTemporaryFolder } from "../../local/temporary-folder.ts";
import { firstLineOf, startChild } from "../child-process.ts";
import { isAlive } from "../processes.ts";
import { until } from "../until.ts";
import { useLeftovers } from "./leftovers.ts";

const PARENT = fileURLToPath(new URL("./fixtures/parent.ts", import.meta.url));

describe("a temporary folder", () => {
  const leftovers = useLeftovers();

  it("only its owner can open it, and it is removed with its content and its caretaker when it is stopped", async () => {
    const folder = await makeTemporaryFolder();
    expect((await stat(folder.path)).mode & 0o777).toBe(0o700);
    await writeFile(join(folder.path, "file"), "content");
    await folder.stop();
    expect(await leftovers().files()).toEqual([]);
    expect(await leftovers().processes()).toEqual([]);
  });

  it("that can't be created is reported in one sentence", async () => {
    vi.stubEnv("TMPDIR", join(leftovers().folder, "missing"));
    await expect(makeTemporaryFolder()).rejects.toThrow("missing: set TMPDIR to one that you may write to.");
  });

  it("is removed, and the program that was started has ended, when their parent is killed", async () => {
    const parent = startChild([PARENT]);
    const { pid, folder }: { pid: number; folder: string } = JSON.parse(await firstLineOf(parent));
    expect([isAlive(pid), existsSync(folder)]).toEqual([true, true]);

    await parent.kill("SIGKILL");
    await until("the end of the program", () => !isAlive(pid));
    await until("the end of the folder", () => !existsSync(folder));
    await until("the end of the caretaker", async () => (await leftovers().processes()).length === 0);
  });
});
