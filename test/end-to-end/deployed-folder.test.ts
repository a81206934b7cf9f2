import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ROUTES } from "../../functions/http/routes.ts";
import { parseFields, text } from "../../scripts/json.ts";
import { type Child, startChild } from "../child-process.ts";
import { readBlob } from "../read-blob.ts";
import { until } from "../until.ts";
import { untilEnded } from "./answers.ts";
import { LAUNCH, type PrintedSettings, startEmulators } from "./printed-settings.ts";
import { type RunningHost, spawnHost } from "./running-host.ts";

const DIST = fileURLToPath(new URL("../../dist", import.meta.url));

// Here the app runs with its own intervals, of which the first look after ten seconds is the longest: so everything is
// started first, and ends while it is waited for. But one after the other: `npm start` rebuilds dist/, and a host that
// loads it while another build is on its way finds half of it. For the same reason no other file of tests uses dist/.
describe("the deployed folder", () => {
  let once: Child;
  let emulators: PrintedSettings;
  let host: RunningHost;
  beforeAll(async () => {
    once = await startOnce();
    emulators = await startEmulators();
    const settings = Object.entries(emulators.settings).map(([name, value]) => [name, String(value)]);
    host = await spawnHost(DIST, { PATH: process.env.PATH, ...Object.fromEntries(settings) });
  }, 120_000);
  afterAll(async () => {
    await host?.kill();
    await Promise.all([once?.kill("SIGTERM"), emulators?.stop()]);
  });

  test("is run by any Functions host with nothing but the settings that the emulators print", async () => {
    expect(host.functions).toEqual([
      "scheduledBackup",
      "followBackup",
      "poisonedMessage",
      ...Object.keys(ROUTES),
      "statusPage",
    ]);
    // The timer may have started the backup first: a new HSM is due at once.
    const started = await host.post('{"hsm":"contoso"}');
    expect([202, 409]).toContain(started.status);
    const id = started.headers.get("location")?.split("/").at(-1);
    const record = await untilEnded(host, "contoso", id);
    expect(record).toMatchObject({ state: "Succeeded" });

    // What the record counts is what another client lists in its folder.
    const container = emulators.storage.getContainerClient(text(record, "container"));
    const prefix = `${new URL(text(record, "folderUrl")).pathname.split("/").at(-1)}/`;
    const sizes: number[] = [];
    for await (const { properties } of container.listBlobsFlat({ prefix })) sizes.push(properties.contentLength ?? 0);
    expect(record.blobCount).toBe(sizes.length);
    expect(record.bytes).toBe(sizes.reduce((sum, size) => sum + size, 0));
    const manifest = container.getBlobClient(`${id}.backup.json`);
    await until("the manifest is written", () => manifest.exists());
    expect(JSON.parse(await readBlob(manifest))).toEqual(record);
  }, 90_000);

  test("backs up the emulated HSM by npm start -- --once --json, which shows each step and prints the record as its last line", async () => {
    const { stdout, stderr, exited } = once;
    expect(await exited, stderr.join("\n")).toBe(0);
    expect(stdout, stderr.join("\n")).toHaveLength(1);
    const record = parseFields(stdout[0] ?? "", "record");
    expect(record).toMatchObject({
      schemaVersion: 1,
      hsm: "contoso",
      state: "Succeeded",
      error: null,
    });
    expect(record.blobCount).toBeGreaterThan(0);
    expect(record.bytes).toBeGreaterThan(0);
    expect(String(record.folderUrl)).toContain(`/${record.container}/`);
    const shown = stderr.join("\n");
    for (const part of [record.id, record.jobId, record.container, record.folderUrl, `${record.bytes} (`])
      expect(shown).toContain(String(part));
  }, 90_000);
});

/** `npm start -- --once --json`, once its host has loaded the app, or it has ended before. */
async function startOnce(): Promise<Child> {
  const child = startChild([LAUNCH, "start", "--once", "--json"]);
  const isUp = () => [...child.stdout, ...child.stderr].some((line) => line.startsWith("The app runs at"));
  await until("the app runs", () => isUp() || child.process.exitCode !== null, 50);
  return child;
}
