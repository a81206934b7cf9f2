import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ledgerBlobs } from "../../azure/storage/ledger.ts";
import { SETTINGS } from "../../bench/settings.ts";
import { ROUTES } from "../../functions/http/routes.ts";
import packageJson from "../../package.json" with { type: "json" };
import { startStub } from "../azure/storage/stub-storage.ts";
import { loadInBareNode } from "./bare-node.ts";
import { bytesIn, makeWrittenApp, type WrittenApp } from "./written-app.ts";

const NAMES = [...Object.keys(ROUTES), "statusPage"];
const FUNCTIONS = ["scheduledBackup", "followBackup", "poisonedMessage", ...NAMES];
const CALL_TIME_LIMIT = 5_000;
const EMPTY_LISTING = `<?xml version="1.0" encoding="utf-8"?><EnumerationResults ServiceEndpoint="http://stub/" ContainerName="any"><Blobs></Blobs><NextMarker></NextMarker></EnumerationResults>`;

describe("the deployable folder", () => {
  let app: WrittenApp;
  beforeAll(async () => {
    app = await makeWrittenApp();
  });
  afterAll(() => app?.remove());

  test("loads in a bare Node with nothing else there, and registers every function", async () => {
    const { exitCode, stderr, functions, missing } = await loadInBareNode(app.folder);
    expect({ exitCode, stderr, functions }).toEqual({ exitCode: 0, stderr: "", functions: FUNCTIONS });
    // What is left out of the bundle on purpose, and whose absence is expected where it is asked for.
    expect(missing).toEqual(["supports-color"]);
  });

  test("loads where no backup could be made, with the timer and the routes, which say so", async () => {
    const { exitCode, stderr, functions } = await loadInBareNode(app.folder, { ...SETTINGS, BACKUP_HSM_URLS: "" });
    expect({ exitCode, stderr, functions }).toEqual({
      exitCode: 0,
      stderr: "",
      functions: ["scheduledBackup", ...NAMES],
    });
  });

  test("has of package.json the version in its bundle, and nothing else", async () => {
    const code = String((await bytesIn(app.folder)).get("app.cjs"));
    const { version, description, scripts } = packageJson;
    expect(code).toContain(`version:"${version}"`);
    for (const text of [description, scripts.test]) expect(code).not.toContain(text);
  });

  test("holds what is deployed and no more", async () => {
    expect([...(await bytesIn(app.folder)).keys()]).toEqual([
      "THIRD-PARTY-NOTICES.txt",
      "app.cjs",
      "host.json",
      "main.js",
      "package.json",
      "sbom.cdx.json",
      "status.html",
    ]);
  });
});

describe("what is left out of the bundle", () => {
  test("isn't needed: a listing asks storage for XML, not for Arrow's format", async () => {
    const accepted: (string | undefined)[] = [];
    const stub = await startStub(({ headers }) => {
      accepted.push(headers.accept);
      return { status: 200, text: EMPTY_LISTING };
    });
    try {
      await ledgerBlobs(stub.ledger, CALL_TIME_LIMIT).listBlobs("runs/", undefined, 1);
      expect(accepted).toEqual(["application/xml"]);
    } finally {
      await stub.close();
    }
  });
});
