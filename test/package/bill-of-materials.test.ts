import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeBundle } from "../../scripts/bundle.ts";
import { type Fields, fieldsOf, parseFields, text, texts } from "../../scripts/json.ts";
import { makePage } from "../../scripts/page.ts";
import { BILL_OF_MATERIALS, NOTICES } from "../../scripts/write-app.ts";
import { makeWrittenApp, type WrittenApp } from "./written-app.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const LICENCE_FILE = /^licen[cs]e/i;
/** How every licence text in use grants what it grants. */
const GRANT = /hereby\s+granted|Redistribution and use|Permission to use|Grant of Copyright License/;

/** `node_modules/a/node_modules/@b/c/d.js` → `node_modules/a/node_modules/@b/c`. */
function placeOf(file: string): string {
  const parts = file.split("/");
  const at = parts.lastIndexOf("node_modules") + 1;
  return parts.slice(0, at + (parts[at]?.startsWith("@") ? 2 : 1)).join("/");
}
const list = (value: unknown): readonly Fields[] =>
  Array.isArray(value) ? value.map((each) => fieldsOf(each, "entry")) : [];

describe("the bill of materials", () => {
  let app: WrittenApp;
  let bom: Fields;
  let notices: string;
  let locked: Fields;
  /** The places of the packages that esbuild says are in the bundle. */
  let places: readonly string[];
  beforeAll(async () => {
    app = await makeWrittenApp();
    bom = parseFields(await readFile(join(app.folder, BILL_OF_MATERIALS), "utf8"), "bom");
    notices = await readFile(join(app.folder, NOTICES), "utf8");
    const lock = parseFields(await readFile(`${ROOT}package-lock.json`, "utf8"), "lock");
    locked = fieldsOf(lock.packages, "packages");
    const made = await Promise.all([makeBundle(`${ROOT}functions/main.ts`), makePage()]);
    const outputs = made.flatMap(({ metafile }) => Object.values(metafile.outputs));
    const inputs = outputs.flatMap((output) => Object.entries(output.inputs));
    const bundled = inputs.filter(([file, { bytesInOutput }]) => file.includes("node_modules/") && bytesInOutput > 0);
    places = [...new Set(bundled.map(([file]) => placeOf(file)))].toSorted();
  });
  afterAll(() => app?.remove());

  test("is CycloneDX 1.6, of this app, without a time", () => {
    expect(bom).toMatchObject({ bomFormat: "CycloneDX", specVersion: "1.6", version: 1 });
    const { timestamp, component } = fieldsOf(bom.metadata, "metadata");
    expect(timestamp).toBeUndefined();
    expect(component).toMatchObject({ type: "application", name: "managed-hsm-backup" });
  });

  test("lists exactly the packages that are bundled, each as the lock file has it", () => {
    const expected = places.map((place) => {
      const { version, license, integrity } = fieldsOf(locked[place], place);
      const hash = Buffer.from(String(integrity).replace("sha512-", ""), "base64").toString("hex");
      const name = place.replace(/^.*node_modules\//, "");
      return [`pkg:npm/${name.replace("@", "%40")}@${version}`, license, hash].join(" ");
    });
    const listed = list(bom.components).map(({ purl, licenses, hashes }) => {
      const license = list(licenses).map((each) => each.expression ?? fieldsOf(each.license, "license").id);
      return [purl, license, ...list(hashes).map(({ content }) => content)].join(" ");
    });
    expect(expected.length).toBeGreaterThan(20);
    expect(listed.toSorted()).toEqual([...new Set(expected)].toSorted());
  });

  test("says of each package what it imports, all the way from the app", () => {
    const dependsOn = new Map(list(bom.dependencies).map((each) => [text(each, "ref"), texts(each, "dependsOn")]));
    const refs = list(bom.components).map((component) => text(component, "bom-ref"));
    const own = text(fieldsOf(fieldsOf(bom.metadata, "metadata").component, "component"), "bom-ref");
    const reached = new Set([own]);
    for (const ref of reached) for (const next of dependsOn.get(ref) ?? []) reached.add(next);
    expect([...dependsOn.keys()].toSorted()).toEqual([own, ...refs].toSorted());
    expect([...reached].toSorted()).toEqual([own, ...refs].toSorted());
    for (const direct of ["%40azure/storage-blob", "preact", "valibot"])
      expect(
        dependsOn.get(own)?.some((ref) => ref.startsWith(`pkg:npm/${direct}@`)),
        direct,
      ).toBe(true);
  });

  test("has a licence text in the notices for each of its packages", async () => {
    const groups = notices.split(/^-{80}$/m);
    for (const place of places) {
      const { version, license } = fieldsOf(locked[place], place);
      const line = `${place.replace(/^.*node_modules\//, "")} ${version} (${license})`;
      const group = groups.find((each) => each.split("\n").includes(line)) ?? "";
      expect(group, line).toMatch(GRANT);
      const file = (await readdir(join(ROOT, place))).find((name) => LICENCE_FILE.test(name));
      const own = file === undefined ? "" : await readFile(join(ROOT, place, file), "utf8");
      expect(withoutSpace(group), line).toContain(withoutSpace(own));
    }
  });
});

const withoutSpace = (some: string): string => some.replaceAll(/\s+/g, "");
