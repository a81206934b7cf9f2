import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fieldsOf, parseJson, text } from "../../backup/fields.ts";
import { type Child, startChild } from "../child-process.ts";
import { readBlob } from "../read-blob.ts";
import { until } from "../until.ts";
import { untilEnded } from "./answers.ts";
import { LAUNCH, type PrintedSettings, startEmulators } from "./printed-settings.ts";
import { type RunningHost, spawnHost } from "./running-host.ts";

const DIST = fileURLToPath(new URL("../../dist", import.meta.url));

// Here the app runs with its own intervals, of which the first look after ten seconds is the longest: so everything is
// started first, and ends while it is waited for. But one after the other: `npm start` builds dist/ anew, and a host that
// loads it while another build is on its way finds half of it. For the same reason no other file of tests uses dist/.
describe("the deployed folder", () => {
  let onceJson: Child;
  let once: Child;
  let emulators: PrintedSettings;
  let host: RunningHost;
  beforeAll(async () => {
    onceJson = await startOnce("--json");
    once = await startOnce();
    emulators = await startEmulators();
    const settings = Object.entries(emulators.settings).map(([name, value]) => [name, String(value)]);
    host = await spawnHost(DIST, { PATH: process.env.PATH, ...Object.fromEntries(settings) });
  }, 120_000);
  afterAll(async () => {
    await host?.kill();
    await Promise.all([onceJson?.kill("SIGTERM"), once?.kill("SIGTERM"), emulators?.stop()]);
  });

  test("is run by any Functions host with nothing but the settings that the emulators print", async () => {
    expect(host.functions).toEqual([
      "scheduledBackup",
      "manualBackup",
      "followBackup",
      "poisonedFollowUp",
      "listBackups",
      "getBackup",
      "health",
    ]);
    const started = await host.post('{"hsm":"contoso"}');
    expect(started.status).toBe(202);
    const { id } = fieldsOf(started.body, "run");
    expect(started.headers.get("location")).toBe(`/api/backups/contoso/${id}`);
    const record = await untilEnded(host, "contoso", id);
    expect(record).toMatchObject({ state: "Succeeded" });

    // What the record counts is what a listing of its folder gives to somebody else.
    const container = emulators.storage.getContainerClient(text(record, "container"));
    const prefix = `${new URL(text(record, "folderUrl")).pathname.split("/").at(-1)}/`;
    const sizes: number[] = [];
    for await (const { properties } of container.listBlobsFlat({ prefix })) sizes.push(properties.contentLength ?? 0);
    expect(record.blobCount).toBe(sizes.length);
    expect(record.bytes).toBe(sizes.reduce((sum, size) => sum + size, 0));
    // And the record stands beside it.
    const copy = container.getBlobClient(`${id}.backup.json`);
    await until("the copy is written", () => copy.exists());
    expect(parseJson(await readBlob(copy), "copy")).toEqual(record);
  }, 90_000);

  test("backs up the emulated HSM by npm start -- --once --json, which gives the record as its last line", async () => {
    const { stdout, stderr, exited } = onceJson;
    expect(await exited, stderr.join("\n")).toBe(0);
    expect(stdout, stderr.join("\n")).toHaveLength(1);
    const record = fieldsOf(parseJson(stdout[0] ?? "", "record"), "record");
    expect(record).toMatchObject({
      schemaVersion: 1,
      hsm: "contoso",
      trigger: "manual",
      state: "Succeeded",
      error: null,
    });
    expect(record.blobCount).toBeGreaterThan(0);
    expect(record.bytes).toBeGreaterThan(0);
    expect(String(record.folderUrl)).toContain(`/${record.container}/`);
    expect(stderr.join("\n")).toContain("contoso");
  }, 90_000);

  test("npm start -- --once shows a person each step, and the end with container, folder, blobs and bytes", async () => {
    expect(await once.exited, once.stderr.join("\n")).toBe(0);
    const said = once.stdout.join("\n");
    expect(said).toMatch(/mhsm-backup-contoso-\d{4}-\d\d-\d\d/);
    expect(said).toMatch(/blobs/);
  }, 90_000);
});

/** `npm start -- --once`, as far as its host has loaded the app, or has ended before. */
async function startOnce(...options: readonly string[]): Promise<Child> {
  const child = startChild([LAUNCH, "start", "--once", ...options]);
  const isUp = () => [...child.stdout, ...child.stderr].some((line) => line.startsWith("The app runs at"));
  await until("the app runs", () => isUp() || child.process.exitCode !== null, 50);
  return child;
}
