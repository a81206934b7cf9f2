import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { makeTemporaryFolder } from "../../local/temporary-folder.ts";
import { bundle } from "../../scripts/bundle.ts";
import { firstLineOf, startChild } from "../child-process.ts";

const ENTRY = fileURLToPath(new URL("./fixtures/own-address.ts", import.meta.url));

test("a bundled module that asks for its own address gets that of the bundle, whatever the entry's name", async () => {
  const { path, stop } = await makeTemporaryFolder();
  try {
    await bundle(ENTRY, join(path, "entry.mjs"));
    expect((await readdir(path)).toSorted()).toEqual(["app.cjs", "entry.mjs"]);
    const child = startChild([join(path, "entry.mjs")]);
    expect(await firstLineOf(child)).toBe(pathToFileURL(join(path, "app.cjs")).href);
    expect(await child.exited).toBe(0);
  } finally {
    await stop();
  }
});
