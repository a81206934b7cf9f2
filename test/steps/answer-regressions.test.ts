import { describe, expect, test } from "vitest";
import { stateName } from "../../backup/ledger/ledger.ts";
import { DAY, HOUR, MINUTE } from "../../backup/model/instant.ts";
import { LARGEST_BLOB, type Ports } from "../../backup/ports.ts";
import { SAS } from "../backup/samples.ts";
import { makeApp } from "../functions/app-handlers.ts";
import { tick } from "./pass-time.ts";
import { makeProductWorld, SLOT, STORAGE_URL, startByHand } from "./product-world.ts";

// What went wrong in an earlier version of the product. Each of these failed there.

describe("a bug in a step", () => {
  test("is logged with its stack and its causes, and without the secret in either", async () => {
    const world = makeProductWorld({ begin: SLOT });
    const cause = new Error(`GET ${STORAGE_URL}/c?${SAS}`, { cause: { code: "ERR_X", body: SAS } });
    const writeBlob: Ports["writeBlob"] = (blob) => {
      if (blob.name === stateName("contoso") && String(blob.body).includes("Starting"))
        throw new TypeError(`Invalid URL ${STORAGE_URL}/c?${SAS}`, { cause });
      return world.ports.writeBlob(blob);
    };
    await tick({ ...world.ports, writeBlob });
    const [failed] = world.eventsOf("step.failed");
    expect(failed).toMatchObject({
      hsm: "contoso",
      stack: expect.stringMatching(/TypeError: Invalid URL[\s\S]*at .*answer-regressions\.test\.ts/),
      causes: [expect.stringMatching(/Error: GET[\s\S]*at /), expect.stringContaining("ERR_X")],
    });
    expect(JSON.stringify(failed)).not.toMatch(/sig=|secretSignature/);
  });
});

describe("a healthy run", () => {
  test.each([3 * MINUTE, 40 * MINUTE, 3 * HOUR])(
    "whose job takes %d ms logs no warning from its start to its end",
    async (jobTime) => {
      const world = makeProductWorld({ jobTime });
      await world.passTime(DAY);
      world.events.length = 0;
      await world.passTime(5 * HOUR);
      expect(world.eventsOf("backup.succeeded")).toHaveLength(1);
      expect(world.events.filter(({ level }) => level !== "information")).toEqual([]);
    },
  );
});

describe("the routes", () => {
  async function running() {
    const world = makeProductWorld({ hsms: ["contoso", "fabrikam"], jobTime: HOUR });
    await world.passTime(2 * MINUTE);
    const { active } = await world.stateOf("contoso");
    return { world, app: makeApp(world.ports), run: active?.id ?? "" };
  }

  test("show the active run in its true state: in the overview, in the list of its HSM, and asked for by that state", async () => {
    const { app, run } = await running();
    const active = { id: run, hsm: "contoso", state: "InProgress" };
    for (const query of ["", "?state=InProgress", "?hsm=contoso", "?hsm=contoso&state=InProgress"]) {
      expect((await app.list(query)).body).toMatchObject({
        runs: expect.arrayContaining([expect.objectContaining(active)]),
      });
    }
    expect((await app.list("?state=Starting")).body).toMatchObject({ runs: [] });
  });

  test("find contoso under the name of Contoso", async () => {
    const { world, app, run } = await running();
    expect((await app.list("?hsm=Contoso")).body).toMatchObject({ runs: [{ id: run }] });
    expect((await app.get("Contoso", run)).body).toMatchObject({ id: run });
    expect((await app.post('{"hsm":"CONTOSO"}')).location).toBe(`/api/backups/contoso/${run}`);
    await world.passTime(2 * HOUR);
    const first = await app.post('{"hsm":"Contoso"}', { "idempotency-key": "k" });
    expect((await app.post('{"hsm":"contoso"}', { "idempotency-key": "k" })).location).toBe(first.location);
  });

  test("accept the function key and its name in the query, as the portal appends them", async () => {
    const { app, run } = await running();
    const query = "?code=aB3xyz9w==&clientId=default";
    const answers = [
      await app.list(query),
      await app.get("contoso", run, query),
      await app.ask("health", { path: `/api/health${query}` }),
      await app.ask("manualBackup", {
        path: `/api/backups${query}`,
        body: new TextEncoder().encode('{"hsm":"contoso"}'),
      }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 503, 409]);
  });
});

describe("bounds", () => {
  test("a blob of the ledger over 256 KB is refused, with its HSM reported", async () => {
    const { ports, blobs, eventsOf } = makeProductWorld({ begin: SLOT });
    blobs.put(stateName("contoso"), `{"x":"${"x".repeat(LARGEST_BLOB)}"}`);
    await tick(ports);
    expect(eventsOf("backup.checked")).toMatchObject([
      { isOverdue: true, problem: expect.stringContaining("blobTooLarge") },
    ]);
    await expect(startByHand(ports)).rejects.toThrow("blobTooLarge");
  });

  test("an HSM that asks to be left alone for a day is looked at within the hour, and the run ends at its deadline", async () => {
    const world = makeProductWorld({ begin: SLOT });
    const getBackupStatus: Ports["getBackupStatus"] = async () => ({
      status: "running",
      word: "InProgress",
      folderUrl: null,
      retryAfter: DAY,
    });
    const ports: Ports = { ...world.ports, getBackupStatus };
    await world.passTime(10 * MINUTE, () => ports);
    const { active } = await world.stateOf("contoso");
    expect(Date.parse(active?.nextAt ?? "") - world.now().getTime()).toBeLessThanOrEqual(HOUR);
    await world.passTime(6 * HOUR, () => ports);
    expect(await world.historyOf("contoso")).toMatchObject([{ state: "TimedOut" }]);
  });
});
