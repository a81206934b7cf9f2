import { fileURLToPath } from "node:url";
import { unzipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeTemporaryFolder, type TemporaryFolder } from "../../local/temporary-folder.ts";
import { parseFields, texts } from "../../scripts/json.ts";
import { zipFolder } from "../../scripts/zip-folder.ts";
import { startChild } from "../child-process.ts";
import { bytesIn, makeWrittenApp, type WrittenApp } from "./written-app.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** Says the bytes of the archive that it makes of the folder that it writes. */
const PROGRAM = `
  const { writeApp } = await import(process.argv[1] + "scripts/write-app.ts");
  const { zipFolder } = await import(process.argv[1] + "scripts/zip-folder.ts");
  await writeApp(process.cwd());
  console.log(Buffer.from(await zipFolder(process.cwd())).toString("base64"));
`;
const COMMENT = "//# sourceMappingURL=app.cjs.map\n";

describe("two builds", () => {
  let app: WrittenApp;
  let elsewhere: TemporaryFolder;
  let zippedElsewhere: string | undefined;
  beforeAll(async () => {
    app = await makeWrittenApp();
    elsewhere = await makeTemporaryFolder();
    const env = { TZ: "Pacific/Auckland", LANG: "tr_TR.UTF-8" };
    const child = startChild(["--input-type=module", "--eval", PROGRAM, ROOT], { env, cwd: elsewhere.path });
    await child.exited;
    zippedElsewhere = child.stdout.at(-1);
    if (zippedElsewhere === undefined) throw new Error(`The other build failed: ${child.stderr.join("\n")}`);
  });
  afterAll(async () => {
    await app?.remove();
    await elsewhere?.stop();
  });

  test("give the same bytes in another process, folder, time zone and second", async () => {
    const files = await bytesIn(app.folder);
    expect(files.size).toBeGreaterThan(1);
    expect(await bytesIn(elsewhere.path)).toEqual(files);
  });

  test("give the same archive, with every file as it is and readable", async () => {
    const zipped = Buffer.from(await zipFolder(app.folder));
    expect(zipped.toString("base64") === zippedElsewhere).toBe(true);
    const unzipped = Object.entries(unzipSync(zipped)).map(([name, bytes]) => [name, Buffer.from(bytes)] as const);
    expect(new Map(unzipped)).toEqual(await bytesIn(app.folder));
    expect(unzipped.map(([name]) => name)).toEqual(unzipped.map(([name]) => name).toSorted());
    expect(modesIn(zipped)).toEqual(unzipped.map(() => 0o100644));
  });

  test("have nothing of this machine in them, and no source map", async () => {
    for (const [name, bytes] of await bytesIn(app.folder)) {
      expect(bytes.includes(ROOT), name).toBe(false);
      expect(bytes.includes(app.folder), name).toBe(false);
      expect(bytes.includes("file:///"), name).toBe(false);
      expect(bytes.includes("//# sourceMappingURL"), name).toBe(false);
      expect(name).not.toMatch(/\.map$/);
    }
  });

  test("of which one is asked for its source map differ in that and in the line that names it", async () => {
    const mapped = await makeWrittenApp(true);
    try {
      const [files, plain] = [await bytesIn(mapped.folder), await bytesIn(app.folder)];
      expect([...files.keys()].filter((name) => !plain.has(name))).toEqual(["app.cjs.map"]);
      expect(files.get("app.cjs")?.toString()).toBe(`${plain.get("app.cjs")}${COMMENT}`);
      const map = parseFields(String(files.get("app.cjs.map")), "map");
      expect(texts(map, "sources")).toContain("../functions/main.ts");
      expect(texts(map, "sources").filter((source) => /^(?:\/|file:|[A-Za-z]:\\)/.test(source))).toEqual([]);
      expect(String(files.get("app.cjs.map")).includes(ROOT)).toBe(false);
    } finally {
      await mapped.remove();
    }
  });
});

const CENTRAL_ENTRY = Buffer.from([0x50, 0x4b, 0x01, 0x02]);
/** Where an entry of a zip's central directory keeps the mode of a file, for a maker that is Unix. */
const MODE_AT = 40;

/** The file modes in an archive, as `unzip` takes them: from the directory at its end. */
function modesIn(zipped: Buffer): readonly number[] {
  const modes: number[] = [];
  for (let at = zipped.indexOf(CENTRAL_ENTRY); at >= 0; at = zipped.indexOf(CENTRAL_ENTRY, at + 1)) {
    modes.push(zipped.readUInt16LE(at + MODE_AT));
  }
  return modes;
}
