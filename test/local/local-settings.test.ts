import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { writeLocalSettings } from "../../local/local-settings.ts";

describe("local.settings.json", () => {
  let folder: string;
  let path: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "local-settings-"));
    path = join(folder, "local.settings.json");
  });

  afterEach(() => rm(folder, { recursive: true }));

  const read = async (): Promise<unknown> => JSON.parse(await readFile(path, "utf8"));

  it("is what Core Tools reads, for its owner only", async () => {
    await writeLocalSettings(path, { AzureWebJobsStorage: "storage" });
    expect(await read()).toEqual({ IsEncrypted: false, Values: { AzureWebJobsStorage: "storage" } });
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(["local.settings.json"]);
  });

  it("keeps what a person has added, and replaces the settings of the last start", async () => {
    const added = { BACKUP_SCHEDULE: "0 */5 * * * *", AzureWebJobsStorage: "old" };
    await writeFile(path, JSON.stringify({ IsEncrypted: false, Values: added, Host: { LocalHttpPort: 7072 } }));
    await writeLocalSettings(path, { AzureWebJobsStorage: "new" });
    expect(await read()).toEqual({
      IsEncrypted: false,
      Values: { BACKUP_SCHEDULE: "0 */5 * * * *", AzureWebJobsStorage: "new" },
      Host: { LocalHttpPort: 7072 },
    });
  });

  it("that can't be written is reported in one sentence", async () => {
    const missing = join(folder, "missing", "local.settings.json");
    await expect(writeLocalSettings(missing, {})).rejects.toThrow(`${missing} can't be written: check its folder`);
  });

  it.each(["{ not JSON", "[]", '{"IsEncrypted":true,"Values":{}}'])(
    "leaves %j unchanged, and reports that",
    async (content) => {
      await writeFile(path, content);
      await expect(writeLocalSettings(path, { a: "b" })).rejects.toThrow("is not plain JSON settings of Core Tools");
      expect(await readFile(path, "utf8")).toBe(content);
    },
  );
});
