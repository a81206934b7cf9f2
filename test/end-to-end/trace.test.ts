import { readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DAY } from "../../backup/instant.ts";
import { startTelemetryEndpoint, type TelemetryEndpoint } from "../../local/telemetry-endpoint.ts";
import { linesOf } from "../../scripts/print-trace.ts";
import { type ReadSpan, readSpans, treesOf } from "../../scripts/span-tree.ts";
import { listen } from "../listen.ts";
import { SECRET_SHAPES } from "../secret-shapes.ts";
import { until } from "../until.ts";
import { type AppWorld, startAppWorld } from "./app-world.ts";
import { knowSince, untilBackedUp } from "./ledger-view.ts";

const HSM = "traced";
// The first look comes when the HSM's `Retry-After`, ten seconds, is over.
const JOB_SECONDS = 16;

describe("one backup whose host is killed half-way, and another that goes on with it", () => {
  let world: AppWorld;
  let telemetry: TelemetryEndpoint;
  let killedAt = 0;
  let text = "";
  let spans: readonly ReadSpan[] = [];
  let record: Readonly<Record<string, unknown>> = {};

  beforeAll(async () => {
    world = await startAppWorld([HSM]);
    const file = join(world.world.folder, "spans.jsonl");
    telemetry = await startTelemetryEndpoint(world.world.certificate, file);
    const settings = { ...world.only(HSM), ...telemetry.settings };
    const read = async () => readSpans(await readFile(file, "utf8"));
    const state = () => world.control("GET", HSM, "state");
    await world.control("POST", HSM, "faults", [{ fault: "slow", operation: "backup", seconds: JOB_SECONDS }]);
    await knowSince(world.ledger, HSM, new Date(Date.now() - DAY));
    const first = await world.startHost(settings);
    const isLook = ({ name }: ReadSpan) => name.endsWith("/pending");
    await until("a look at the job was traced", async () => (await read()).some(isLook), 30);
    await world.control("POST", HSM, "faults", [{ fault: "hold", operation: "backupStatus" }]);
    await until("a look is under way", async () => JSON.stringify(await state()).includes('"outcome":"held"'), 10);
    killedAt = Date.now();
    await first.kill();
    const second = await world.startHost(settings);
    const view = await untilBackedUp(world.ledger, HSM);
    record = view.records[0] ?? {};
    await until("the end was traced", async () => (await read()).some(({ kind }) => kind === "run"), 10);
    text = await readFile(file, "utf8");
    spans = readSpans(text);
    await second.kill();
    if (process.env.SHOW_TRACE === "1") console.log(treesOf(spans).flatMap(linesOf).join("\n"));
  }, 90_000);
  afterAll(async () => {
    await telemetry?.stop();
    await world?.stop();
  });

  test("gives one tree with one trace id: that of the trigger, which the record keeps", () => {
    const [, trace, trigger] = String(record.traceparent).split("-");
    const trees = treesOf(spans);
    expect(trees).toHaveLength(1);
    expect(new Set(spans.map((span) => span.trace))).toEqual(new Set([trace]));
    expect(trees[0]?.told?.parent).toBe(trigger);
    const counted = (trees[0]?.below ?? []).reduce((count, { below }) => count + 1 + below.length, 1);
    expect(counted).toBe(spans.length);
  });

  test("the root tells the run as its record does, and each step its run, slot, number and state", () => {
    const root = treesOf(spans)[0];
    expect(root?.told).toMatchObject({ kind: "run", outcome: "Succeeded", name: `backup ${HSM}` });
    expect(root?.told?.properties).toMatchObject({ hsm: HSM, run: record.id, jobId: record.jobId });
    expect(root?.told?.startedAt).toBe(Date.parse(String(record.startedAt)));
    const steps = (root?.below ?? []).map(({ span }) => span);
    expect(steps.length).toBeGreaterThan(3);
    for (const { kind, properties } of steps) {
      expect(kind).toBe("step");
      expect(properties).toMatchObject({ hsm: HSM, run: record.id, slot: record.slot });
      expect(properties.state).toMatch(/^(Starting|InProgress|Succeeded)$/);
    }
    expect(steps.filter(({ name }) => name === "follow").every(({ properties }) => Number(properties.seq) >= 0)).toBe(
      true,
    );
  });

  test("the killed host's step is what is missing: nothing hangs in the air, and the steps go on with the next host", () => {
    const steps = treesOf(spans).flatMap(({ below }) => below.map(({ span }) => span));
    const [before, after] = [steps.filter(isBefore(killedAt)), steps.filter((step) => !isBefore(killedAt)(step))];
    expect(before.length).toBeGreaterThan(1);
    expect(before.every(({ startedAt, duration }) => startedAt + duration <= killedAt)).toBe(true);
    expect(after.length).toBeGreaterThan(1);
    const ids = new Set(spans.map(({ id }) => id));
    expect(spans.filter(({ kind, parent }) => kind !== "run" && !ids.has(parent ?? ""))).toEqual([]);
  });

  test("the calls of both hosts hang below their steps: HSM, blob, queue and identity", () => {
    const calls = spans.filter(({ kind }) => kind === "call");
    const services = new Set(calls.map(({ service }) => service));
    expect(services).toEqual(new Set(["Managed HSM", "Azure blob", "Azure queue", "identity"]));
    expect(calls.filter(({ service }) => service === "Managed HSM").map(({ name }) => name)).toEqual(
      expect.arrayContaining(["POST /backup", "GET /backup/{job}/pending"]),
    );
  });

  test("no span holds a secret or a query", () => {
    for (const shape of SECRET_SHAPES) expect(text).not.toMatch(shape);
    expect(text).not.toMatch(/https?:\/\/[^"\s]*\?/);
  });
});

describe("one backup while nobody takes its spans", () => {
  test("succeeds as ever, and the log tells of the spans once", { timeout: 90_000 }, async ({ onTestFinished }) => {
    const world = await startAppWorld([HSM]);
    onTestFinished(world.stop);
    const silent = createServer(() => {});
    onTestFinished(() => void silent.close());
    const endpoint = `https://127.0.0.1:${await listen(silent)}`;
    await knowSince(world.ledger, HSM, new Date(Date.now() - DAY));
    const host = await world.startHost({
      ...world.only(HSM),
      APPLICATIONINSIGHTS_CONNECTION_STRING: `InstrumentationKey=key;IngestionEndpoint=${endpoint}/`,
      APPLICATIONINSIGHTS_AUTHENTICATION_STRING: "Authorization=AAD",
    });
    const { records } = await untilBackedUp(world.ledger, HSM);
    expect(records.map(({ state }) => state)).toEqual(["Succeeded"]);
    await until("the log tells of the spans", () => host.events("spans.delayed").length > 0, 15);
    expect(host.events("spans.delayed")).toHaveLength(1);
    expect(host.events("step.failed")).toEqual([]);
    await host.kill();
  });
});

const isBefore =
  (moment: number) =>
  ({ startedAt }: ReadSpan): boolean =>
    startedAt < moment;
