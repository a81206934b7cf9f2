import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { parseJson } from "../../backup/model/validation.ts";
import { makeBundle } from "../../scripts/bundle.ts";
import { makePage } from "../../scripts/page.ts";
import { fieldsOf } from "./fields.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const DEPLOYED = ["functions", "azure", "backup"];
const EXACT = /^\d+\.\d+\.\d+(-[\w.]+)?$/;
/** Every way that Node and the clients in use have to take a certificate unseen, or to send a token over a plain connection. */
const TLS_OFF =
  /rejectUnauthorized|NODE_TLS_REJECT_UNAUTHORIZED["'\]]*\s*=(?!=)|checkServerIdentity|allowInsecureConnection/;
/** What opens an HSM further than `Managed HSM Backup` does: its other local roles, and the way to restore. */
const TOO_MUCH = /Managed HSM (?!Backup)[A-Z]\w+|\/(?:pre)?restore\b/g;
const PAGE_ORIGIN = /^(?:desk|backup\/model|node_modules\/(?:preact|valibot))\//;
const PACKAGE_NAME = /^.*node_modules\/((?:@[^/]+\/)?[^/]+)\/.*$/;

const readText = (name: string): Promise<string> => readFile(`${ROOT}/${name}`, "utf8");
const packagesIn = async (): Promise<readonly (readonly [string, Readonly<Record<string, unknown>>])[]> => {
  const { packages } = fieldsOf(parseJson(await readText("package-lock.json")), "lock");
  const all = Object.entries(fieldsOf(packages, "packages")).filter(([place]) => place !== "");
  return all.map(([place, entry]) => [place, fieldsOf(entry, place)]);
};

describe("the packages of this project", () => {
  test("have exact versions", async () => {
    const { dependencies, devDependencies } = fieldsOf(parseJson(await readText("package.json")), "package");
    const wanted = { ...fieldsOf(dependencies, "dependencies"), ...fieldsOf(devDependencies, "devDependencies") };
    expect(Object.keys(wanted).length).toBeGreaterThan(1);
    expect(Object.entries(wanted).filter(([, version]) => !EXACT.test(String(version)))).toEqual([]);
  });

  test("are each locked to one version and the hash of its content", async () => {
    const packages = await packagesIn();
    expect(packages.length).toBeGreaterThan(1);
    const open = packages.filter(
      ([, { version, integrity }]) => typeof version !== "string" || !String(integrity).startsWith("sha512-"),
    );
    expect(open.map(([place]) => place)).toEqual([]);
  });

  test("are installed from the lock file by continuous integration", async () => {
    const run = await readText(".ci/run");
    expect(run).toMatch(/^npm ci$/m);
    expect(run).not.toMatch(/npm (?:install|i|update)\b/);
  });
});

describe("what is deployed", () => {
  test("holds code of functions/, azure/ and backup/, package.json with the version, code of packages that npm audit --omit=dev asks about, and nothing else", async () => {
    const { metafile } = await makeBundle(`${ROOT}/functions/main.ts`);
    const inputs = Object.keys(metafile.inputs);
    const ours = inputs.filter((input) => !input.includes("node_modules/"));
    expect(new Set(ours.map((input) => input.split("/")[0]))).toEqual(new Set([...DEPLOYED, "package.json"]));
    const audited = (await packagesIn()).filter(([, { dev }]) => dev !== true).map(([place]) => `${place}/x`);
    const names = new Set(audited.map((place) => place.replace(PACKAGE_NAME, "$1")));
    const bundled = inputs.filter((input) => input.includes("node_modules/"));
    expect(bundled.length).toBeGreaterThan(1);
    expect(bundled.filter((input) => !names.has(input.replace(PACKAGE_NAME, "$1")))).toEqual([]);
  });

  test("holds in its status page code of desk/ and backup/model/, Preact and valibot, and nothing else", async () => {
    const { metafile } = await makePage();
    const origins = Object.keys(metafile.inputs).map((input) => PAGE_ORIGIN.exec(input)?.[0] ?? input);
    expect(new Set(origins)).toEqual(
      new Set(["desk/", "backup/model/", "node_modules/preact/", "node_modules/valibot/"]),
    );
  });

  test("checks every certificate, and sends no token over a plain connection", async () => {
    expect(await foundIn([...DEPLOYED, "local"], TLS_OFF)).toEqual([]);
  });

  test("asks for no role on an HSM but Managed HSM Backup, and knows no way to restore", async () => {
    expect(await foundIn(DEPLOYED, TOO_MUCH)).toEqual([]);
    expect((await readText("README.md")).match(TOO_MUCH) ?? []).toEqual([]);
  });
});

/** The files below these folders in which something is found. */
async function foundIn(folders: readonly string[], shape: RegExp): Promise<readonly string[]> {
  const found = folders.map(async (folder) => {
    const names = (await readdir(`${ROOT}/${folder}`, { recursive: true })).filter((name) => name.endsWith(".ts"));
    expect(names.length).toBeGreaterThan(1);
    const texts = names.map(async (name) => [`${folder}/${name}`, await readText(`${folder}/${name}`)] as const);
    return (await Promise.all(texts)).filter(([, text]) => text.search(shape) >= 0).map(([name]) => name);
  });
  return (await Promise.all(found)).flat();
}
