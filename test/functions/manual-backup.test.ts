import { describe, expect, test } from "vitest";
import { HOUR } from "../../backup/model/instant.ts";
import { SAS } from "../backup/samples.ts";
import { unreachable } from "../steps/faults.ts";
import { makeProductWorld } from "../steps/product-world.ts";
import { makeApp } from "./app-handlers.ts";

const BEGIN = "2026-11-23T09:01:00Z";
const RUN = /^\/api\/backups\/contoso\/\d{8}T\d{6}Z-m-[a-z0-9]{8}$/;

function setUp() {
  const world = makeProductWorld({ hsms: ["contoso", "fabrikam"], begin: BEGIN });
  return { world, app: makeApp(world.ports) };
}
/** Everything in the ledger but its owner, and every message. */
const traces = ({ blobs, queue }: ReturnType<typeof makeProductWorld>): unknown[] => [
  [...blobs.blobs].filter(([name]) => name !== "app.json"),
  queue.all(),
];

describe("POST /api/backups", () => {
  test("is answered 202 with the run, its address and when to look; the run ends with its backup", async () => {
    const { world, app } = setUp();
    const { status, location, headers, body } = await app.post('{"hsm":"contoso"}');
    expect([status, headers.get("retry-after")]).toEqual([202, "10"]);
    expect(location).toMatch(RUN);
    expect(body).toMatchObject({ hsm: "contoso", state: "Starting", trigger: "manual", slot: null });
    // Its first message is there to be received at once.
    expect(world.queue.all()).toMatchObject([{ body: { hsm: "contoso", seq: 0 }, visibleAt: world.now().getTime() }]);
    await world.passTime(HOUR);
    expect((await app.get("contoso", location?.split("/").at(-1) ?? "")).body).toMatchObject({ state: "Succeeded" });
  });

  test("while a backup runs is answered 409 with its address, and leaves no trace", async () => {
    const { world, app } = setUp();
    const first = await app.post('{"hsm":"contoso"}');
    const before = JSON.stringify(traces(world));
    const second = await app.post('{"hsm":"contoso"}');
    expect([second.status, second.location]).toEqual([409, first.location]);
    expect(second.body).toEqual({
      error: { code: "backupRunning", message: `A backup of contoso is running: ${first.location}` },
    });
    expect(JSON.stringify(traces(world))).toBe(before);
  });

  test.each<[string, string, number, string]>([
    ["an unknown HSM", '{"hsm":"adatum"}', 404, "hsm: expected one of contoso, fabrikam, got another name"],
    ["malformed JSON", '{"hsm":', 400, "the body is not valid JSON"],
    ["no body", "", 400, "the body is not valid JSON"],
    ["a wrong type", '{"hsm":7}', 400, "hsm: expected a text, got a number"],
    ["no name", "{}", 400, "hsm: expected a text, got nothing"],
    ["a list", '["contoso"]', 400, "hsm: expected a text, got nothing"],
    ["null", "null", 400, "body: expected an object, got null"],
    ["an unknown field", '{"hsm":"contoso","force":true}', 400, "force: expected no field but hsm"],
    ["a secret as the name of a field", JSON.stringify({ hsm: "contoso", [SAS]: 1 }), 400, "expected no field but hsm"],
    [
      "more than 16 KB",
      JSON.stringify({ hsm: "x".repeat(16_384) }),
      400,
      "body: expected at most 16384 bytes, got 16394",
    ],
  ])("with %s is answered with the field that is wrong, and leaves no trace", async (_what, text, status, message) => {
    const { world, app } = setUp();
    const answer = await app.post(text);
    expect(answer.status).toBe(status);
    expect(answer.body).toEqual({ error: { code: expect.any(String), message: expect.stringContaining(message) } });
    expect(answer.text).not.toMatch(/sig=|secretSignature/);
    expect(traces(world)).toEqual([[], []]);
  });

  test("that declares more than 16 KB is refused before its body is read", async () => {
    const { app } = setUp();
    const answer = await app.post('{"hsm":"contoso"}', { "content-length": "17000" });
    expect(answer).toMatchObject({ status: 400, text: expect.stringContaining("got 17000") });
  });

  test.each<[string, Readonly<Record<string, string>>]>([
    ["in chunks", { "transfer-encoding": "chunked" }],
    ["in frames of HTTP/2", {}],
    ["in chunks, by way of a proxy that adds a length", { "transfer-encoding": "Chunked", "content-length": "0" }],
  ])(
    "whose body is sent %s, which the host does not pass on, is answered 411 and leaves no trace",
    async (_how, headers) => {
      const { world, app } = setUp();
      expect(await app.ask("manualBackup", { headers })).toMatchObject({
        status: 411,
        body: {
          error: { code: "lengthRequired", message: expect.stringMatching(/Content-Length.*sent in chunks\.$/) },
        },
      });
      expect(traces(world)).toEqual([[], []]);
    },
  );

  test("whose body arrives without a length is accepted", async () => {
    const { app } = setUp();
    const body = new TextEncoder().encode('{"hsm":"contoso"}');
    const headers = { "transfer-encoding": "chunked" };
    expect((await app.ask("manualBackup", { body, headers })).status).toBe(202);
  });

  test("whose message can't be sent is answered 202: the timer takes the run's next step", async () => {
    const { world } = setUp();
    const app = makeApp({ ...world.ports, sendMessage: unreachable });
    expect((await app.post('{"hsm":"contoso"}')).status).toBe(202);
    await world.passTime(HOUR);
    expect(await world.historyOf("contoso")).toMatchObject([{ trigger: "manual", state: "Succeeded" }]);
  });

  test("without a ledger is answered 503 with its code, and starts nothing", async () => {
    const { world, app } = setUp();
    world.blobs.deleteContainer();
    expect(await app.post('{"hsm":"contoso"}')).toMatchObject({
      status: 503,
      body: { error: { code: "ContainerNotFound" } },
    });
    expect(world.hsm.at("contoso").jobs()).toEqual([]);
  });
});

describe("an Idempotency-Key", () => {
  const send = (app: ReturnType<typeof makeApp>, key: string, hsm = "contoso") =>
    app.post(JSON.stringify({ hsm }), { "idempotency-key": key });

  test("sent twenty times at once starts one run, and every answer is 202 with its address", async () => {
    const { world, app } = setUp();
    const answers = await Promise.all(Array.from({ length: 20 }, () => send(app, "monday")));
    expect(new Set(answers.map(({ status, location }) => `${status} ${location}`)).size).toBe(1);
    expect(answers[0]?.status).toBe(202);
    await world.passTime(HOUR);
    expect((await world.historyOf("contoso")).filter(({ trigger }) => trigger === "manual")).toHaveLength(1);
  });

  test("returns the run after its end, as it ended, until the deadline has passed", async () => {
    const { world, app } = setUp();
    const first = await send(app, "monday");
    await world.passTime(HOUR);
    expect(await send(app, "monday")).toMatchObject({
      status: 202,
      location: first.location,
      body: { state: "Succeeded" },
    });
    await world.passTime(6 * HOUR);
    expect((await send(app, "monday")).location).not.toBe(first.location);
  });

  test("is bound to its HSM, and kept only as a hash", async () => {
    const { world, app } = setUp();
    await send(app, "monday-key");
    expect((await send(app, "monday-key", "fabrikam")).location).toMatch(/fabrikam/);
    const keys = [(await world.stateOf("contoso")).active?.key, (await world.stateOf("fabrikam")).active?.key];
    expect(keys).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/), expect.stringMatching(/^[0-9a-f]{64}$/)]);
    expect(keys[0]).not.toBe(keys[1]);
    expect((await send(app, "tuesday-key")).status).toBe(409);
    const kept = [...world.blobs.blobs.keys()].map((name) => world.blobs.textOf(name)).join();
    expect(kept + app.lines.join()).not.toContain("monday-key");
  });

  test.each(["", "two words", "k".repeat(256), "clé"])("that is %j is refused", async (key) => {
    const { world, app } = setUp();
    expect(await send(app, key)).toMatchObject({
      status: 400,
      text: expect.stringContaining("Idempotency-Key: expected 1 to 255"),
    });
    expect(traces(world)).toEqual([[], []]);
  });
});
