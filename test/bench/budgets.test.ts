import { stat } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HOUR, SECOND } from "../../backup/model/instant.ts";
import type { Ports } from "../../backup/ports.ts";
import { type Counter, countedPorts } from "../../bench/counted-ports.ts";
import { countModules } from "../../bench/load.ts";
import { countReads, countTicks } from "../../bench/scale.ts";
import { makeWrittenApp, type WrittenApp } from "../package/written-app.ts";
import { makeProductWorld } from "../steps/product-world.ts";

// Counts, never times: they are the same on every machine. A change that needs more raises the number here, and says why.
const BACKUP_WITH_TWO_LOOKS = 23;
const IDLE_TICK_BESIDE_HSMS = 3;
const OVERVIEW = 2;
const PAGE = 2;
const HEALTH = 2;
const BUNDLE_BYTES = 1_300_000;
/** load-once.mjs, main.js and app.cjs. */
const MODULES = 3;

/** The requests of one scheduled backup with two looks, from the timer to the record, on an ordinary night. */
async function backUp(): Promise<{ requests: number; looks: number | undefined }> {
  const world = makeProductWorld({ begin: "2026-11-22T01:59:00Z", jobTime: 30 * SECOND });
  // This backup writes app.json, the state and the history.
  await world.passTime(HOUR);
  await world.passTime(23 * HOUR);
  // Longer than usual, so that the first look finds it running.
  world.hsm.at("contoso").planNextJob({ takes: 40 * SECOND });
  const invocations: Counter[] = [];
  const of = (): Ports => {
    const counter = countedPorts(world.ports);
    invocations.push(counter);
    return counter.ports;
  };
  await world.passTime(HOUR, of);
  const busy = invocations.filter((each) => each.verbs().includes("writeBlob"));
  const [record] = await world.historyOf("contoso");
  return { requests: busy.reduce((sum, each) => sum + each.requests(), 0), looks: record?.looks };
}

describe("the budget of calls", () => {
  test("a backup with two looks, from the timer to the record", async () => {
    const { requests, looks } = await backUp();
    expect(looks).toBe(2);
    expect(requests).toBeLessThanOrEqual(BACKUP_WITH_TWO_LOOKS);
  });

  test.each([1, 10, 100])("an idle tick with %d HSMs: one call for each, and three besides", async (hsms) => {
    const { idle } = await countTicks(hsms);
    expect(idle).toBeLessThanOrEqual(hsms + IDLE_TICK_BESIDE_HSMS);
  });

  test.each([10, 1_000])("what people read, with %d records", async (records) => {
    const { overview, page, health } = await countReads(records);
    expect({ overview, page, health }).toEqual({ overview: OVERVIEW, page: PAGE, health: HEALTH });
  });
});

describe("the budget of what is deployed", () => {
  let app: WrittenApp;
  beforeAll(async () => {
    app = await makeWrittenApp();
  });
  afterAll(() => app?.remove());

  test("the bundle's bytes", async () => {
    const { size } = await stat(join(app.folder, "app.cjs"));
    expect(size).toBeLessThanOrEqual(BUNDLE_BYTES);
  });

  test("the modules that a start loads", async () => {
    expect(await countModules(join(app.folder, "main.js"))).toBeLessThanOrEqual(MODULES);
  });
});
