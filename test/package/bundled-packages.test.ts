import { mkdir, writeFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { makeTemporaryFolder } from "../../local/temporary-folder.ts";
import { billOfMaterials } from "../../scripts/bill-of-materials.ts";
import { bundledPackages } from "../../scripts/bundled-packages.ts";
import { notices } from "../../scripts/notices.ts";

const HASH = `sha512-${Buffer.alloc(64, 1).toString("base64")}`;
const entry = { version: "1.0.0", license: "MIT", integrity: HASH };
const OUTER = "node_modules/outer";
const INNER = "node_modules/outer/node_modules/@scope/inner";

/** Imports of each file, and how many of its bytes are in the bundle. */
const metafileOf = (files: Readonly<Record<string, readonly [bytes: number, ...imports: readonly string[]]>>) => {
  const inputs = Object.entries(files).map(([file, [, ...imports]]) => {
    const found = imports.map((path) => ({ path, kind: "require-call" as const, external: path === "supports-color" }));
    return [file, { bytes: 1, imports: found }] as const;
  });
  const output = Object.entries(files).map(([file, [bytesInOutput]]) => [file, { bytesInOutput }] as const);
  const made = { bytes: 1, imports: [], exports: [], inputs: Object.fromEntries(output) };
  return { inputs: Object.fromEntries(inputs), outputs: { "dist/app.cjs": made } };
};
const FILES = {
  "functions/main.ts": [9, `${OUTER}/index.js`],
  [`${OUTER}/index.js`]: [9, `${INNER}/a/b.js`, "node_modules/shaken/index.js", "supports-color"],
  [`${INNER}/a/b.js`]: [9],
  "node_modules/shaken/index.js": [0],
} as const;
const LOCK = { packages: { [OUTER]: entry, [INNER]: { ...entry, version: "2.0.0" } } };

describe("what is bundled", () => {
  test("is each package with a byte in the bundle, with the version of its own place", () => {
    const { packages, imports } = bundledPackages(metafileOf(FILES), LOCK);
    expect(packages.map(({ name, version, place }) => ({ name, version, place }))).toEqual([
      { name: "@scope/inner", version: "2.0.0", place: INNER },
      { name: "outer", version: "1.0.0", place: OUTER },
    ]);
    expect(packages.map((each) => each.imports)).toEqual([[], [INNER]]);
    expect(imports).toEqual([OUTER]);
    expect(packages[0]?.sha512).toBe("01".repeat(64));
  });

  test.each(["version", "license", "integrity"])("fails by name where the lock file has no %s of it", (field) => {
    const lock = { packages: { ...LOCK.packages, [OUTER]: { ...entry, [field]: undefined } } };
    expect(() => bundledPackages(metafileOf(FILES), lock)).toThrow(`${field}: expected a text`);
  });

  test("is one component where it stands in two places, and a licence of several is an expression", () => {
    const files = { ...FILES, "node_modules/@scope/inner/a.js": [9] } as const;
    const packages = {
      ...LOCK.packages,
      "node_modules/@scope/inner": { ...entry, version: "2.0.0", license: "(MIT OR ISC)" },
    };
    const own = { name: "app", version: "1.0.0", license: "MIT" };
    const { components } = JSON.parse(billOfMaterials(own, bundledPackages(metafileOf(files), { packages })));
    expect(components).toMatchObject([
      { group: "@scope", name: "inner", licenses: [{ expression: "(MIT OR ISC)" }] },
      { name: "outer", licenses: [{ license: { id: "MIT" } }] },
    ]);
  });

  test("isn't built where a package has no licence text and no substitute for one", async () => {
    const { path, stop } = await makeTemporaryFolder();
    try {
      await mkdir(`${path}/${OUTER}`, { recursive: true });
      await writeFile(`${path}/${OUTER}/package.json`, JSON.stringify({ author: "Jane Doe" }));
      const [, outer] = bundledPackages(metafileOf(FILES), LOCK).packages;
      if (outer === undefined) throw new Error("The package is missing.");
      expect(await notices(path, [outer], "")).toContain("Copyright (c) Jane Doe");
      await expect(notices(path, [{ ...outer, license: "ISC" }], "")).rejects.toThrow("outer is bundled");
    } finally {
      await stop();
    }
  });
});
