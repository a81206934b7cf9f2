import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parseJson } from "../../backup/model/validation.ts";
import { ACCOUNT_KEY } from "../azurite.ts";
import { startChild } from "../child-process.ts";
import { fieldsOf } from "./fields.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");
const SECRETLINT = `${ROOT}/node_modules/secretlint/bin/secretlint.js`;
const CONFIGURED = [`--secretlintrc=${ROOT}/.secretlintrc.json`, `--secretlintignore=${ROOT}/.secretlintignore`];
const FOUND = 1;

// Made at run time, so that a scan of this file finds nothing.
const base64 = (bytes: number): string => randomBytes(bytes).toString("base64");
const word = (length: number): string => randomBytes(length).toString("hex").slice(0, length);
const npmToken = (): string => `npm_${word(36)}`;
const jwt = (): string =>
  ["eyJhbGciOiJSUzI1NiJ9", "eyJhdWQiOiJodHRwcyJ9", randomBytes(64).toString("base64url")].join(".");
const privateKey = (): string =>
  generateKeyPairSync("ec", {
    namedCurve: "P-256",
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  }).privateKey;

describe("secretlint, as it is set up here", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "secret-scan-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const scan = async () => {
    const child = startChild([SECRETLINT, ...CONFIGURED, "--maskSecrets", "--format=json", "**/*"], { cwd: folder });
    const exitCode = await child.exited;
    return { exitCode, report: parseJson(child.stdout.join("\n")), said: child.stderr };
  };

  test.each([
    ["a private key", "server.pem", privateKey],
    ["a private key in a source", "keys.ts", () => `export const KEY = \`${privateKey()}\`;\n`],
    ["an npm token", ".npmrc", () => `//registry.example.com/:_authToken=${npmToken()}\n`],
    ["a token of GitHub", "deploy.sh", () => `export GH_TOKEN=ghp_${word(36)}\n`],
    ["a password in an address", "README.md", () => `See https://admin:${word(12)}@contoso.example.com/\n`],
    ["the key of a storage account", ".env", () => `AccountName=contoso;AccountKey=${base64(64)};`],
    ["a SAS", "notes.txt", () => `https://contoso.example.com/c?sp=crdw&sig=${encodeURIComponent(base64(32))}`],
    ["the key of a Functions app", "call.sh", () => `${randomBytes(33).toString("base64url")}AzFu${word(5)}A==`],
    ["the client secret of an application", ".env", () => `AZURE_CLIENT_SECRET=${word(3)}8Q~${word(34)}`],
    ["a token", "curl.txt", () => `Authorization: Bearer ${jwt()}`],
  ])("finds %s", async (_what, name, made) => {
    const secret = made();
    await writeFile(join(folder, name), secret);
    const { exitCode, report } = await scan();
    expect(exitCode).toBe(FOUND);
    const files: readonly unknown[] = Array.isArray(report) ? report : [];
    expect(files.map((file) => fieldsOf(file, "file").filePath)).toEqual([join(folder, name)]);
    expect(JSON.stringify(fieldsOf(files[0], "file").messages)).not.toContain(secret.trim());
  });

  test("finds nothing in what holds no secret", async () => {
    const madeUp = [
      "sig=topSecretSignature",
      "AccountKey=Zm9vL2Jhcg+/==",
      "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.",
    ];
    await writeFile(join(folder, "notes.txt"), [`AccountKey=${ACCOUNT_KEY};`, ...madeUp].join("\n"));
    await writeFile(join(folder, "settings.ts"), 'export const URL = "https://contoso.managedhsm.azure.net";\n');
    expect(await scan()).toMatchObject({ exitCode: 0 });
  });
});
