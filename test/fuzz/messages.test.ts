import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { stateName } from "../../backup/ledger/ledger.ts";
import { MINUTE } from "../../backup/model/instant.ts";
import { isHsmName } from "../../backup/model/names.ts";
import { type AppHandlers, makeApp } from "../functions/app-handlers.ts";
import { makeProductWorld } from "../steps/product-world.ts";
import { anyJson, anyText, isClean, SECRETS } from "./any-text.ts";
import { ledgerOf } from "./settled-world.ts";
import { watchCalls } from "./watch-calls.ts";

/** A line of the log is one event with ids and a sentence; a message may have 64 KB. */
const LONGEST_LINE = 700;
const HUGE = "x".repeat(60_000);

/** In the middle of the night's backups: contoso's job runs, and a message waits for it. */
async function busyWorld() {
  const world = makeProductWorld({ hsms: ["contoso", "fabrikam"], jobTime: 30 * MINUTE });
  await world.passTime(8 * MINUTE);
  const { active } = await world.stateOf("contoso");
  const other = await world.stateOf("fabrikam");
  if (active === null || other.active === null) throw new Error("Expected two runs.");
  const watched = watchCalls(world.ports);
  const app = makeApp(watched.ports);
  const message = { schemaVersion: 1, hsm: "contoso", run: active.id, seq: active.seq };
  return { world, app, watched, message, foreignRun: other.active.id };
}
const busy = await busyWorld();

const everything = ({ world }: Pick<typeof busy, "world">): string =>
  JSON.stringify([
    ledgerOf(world),
    world.queue.all(),
    world.hsm.at("contoso").jobs(),
    world.hsm.at("fabrikam").jobs(),
    [...world.containers.containers].map(([name, blobs]) => [name, [...blobs.keys()]]),
  ]);

function expectModest({ lines }: AppHandlers): void {
  for (const line of lines.splice(0)) {
    expect(line.length, line.slice(0, LONGEST_LINE)).toBeLessThan(LONGEST_LINE);
    expect(isClean(line), line).toBe(true);
  }
}

const anyValue = fc.oneof(
  anyJson,
  anyText,
  fc.constantFrom(HUGE, [HUGE], { [HUGE]: HUGE }, ...SECRETS.map((secret) => secret + HUGE)),
);
const anyNumber = fc.constantFrom(-1, 0.5, 2 ** 53, 1e308, Number.NaN, Number.POSITIVE_INFINITY, "0", null, [0]);
const otherNames = fc.constantFrom("fabrikam", "unknown", "../contoso", "contoso/../fabrikam", "CONTOSO", "con%74oso");
const otherRuns = fc.constantFrom(
  "20261123T020000Z-1-zzzzzzzz",
  "99991231T235959Z-9999-zzzzzzzz",
  "00000101T000000Z-m-00000000",
  `../fabrikam/${busy.foreignRun}`,
  `${busy.message.run}/../../../hsms/fabrikam`,
  busy.message.run.toUpperCase(),
);

/** One field of a genuine message is another, is missing, or is one too many. */
const nearlyValid = fc.oneof(
  otherNames.map((hsm) => ({ ...busy.message, hsm })),
  fc.constantFrom("fabrikam", "unknown").map((hsm) => ({ ...busy.message, hsm, run: busy.foreignRun.slice(0, -1) })),
  otherRuns.map((run) => ({ ...busy.message, run })),
  anyText.map((run) => ({ ...busy.message, run })),
  fc.constantFrom("hsm", "run", "seq", "schemaVersion").map((field) => ({ ...busy.message, [field]: undefined })),
  fc
    .tuple(fc.constantFrom("hsm", "run", "schemaVersion"), anyValue)
    .map(([field, value]) => ({ ...busy.message, [field]: value })),
  anyNumber.map((seq) => ({ ...busy.message, seq })),
  fc.integer({ min: 2 }).map((schemaVersion) => ({ ...busy.message, schemaVersion })),
  fc.nat(busy.message.seq - 1).map((seq) => ({ ...busy.message, seq })),
  fc.constant([busy.message]),
  fc.constant(JSON.stringify(busy.message)),
  fc.constant({ message: busy.message }),
);
const isGenuine = (value: unknown): boolean => {
  const { schemaVersion, hsm, run, seq } = Object(value);
  return (
    typeof schemaVersion === "number" &&
    schemaVersion <= 1 &&
    hsm === "contoso" &&
    run === busy.message.run &&
    seq === busy.message.seq
  );
};
const foreign = fc
  .oneof({ weight: 1, arbitrary: anyValue }, { weight: 3, arbitrary: nearlyValid })
  .filter((value) => !isGenuine(value));

describe("a queue message that this app didn't send", () => {
  test("changes nothing, is logged in one short line without its secrets, and reads nothing but the owner and its own state", async () => {
    const before = everything(busy);
    await fc.assert(
      fc.asyncProperty(foreign, async (message) => {
        const { names, calls } = busy.watched;
        await busy.app.follow(message);
        expect(everything(busy)).toBe(before);
        expect(busy.app.lines).toEqual([expect.stringContaining("message.dropped")]);
        expectModest(busy.app);
        expect(calls.splice(0).filter((verb) => verb !== "readBlob")).toEqual([]);
        expect(names.splice(0).every((name) => isOwnName(name, message))).toBe(true);
      }),
      { numRuns: 400 },
    );
  });

  test("that comes from the poison queue is logged in one short line, and nothing at all is called for it", async () => {
    const before = everything(busy);
    await fc.assert(
      fc.asyncProperty(fc.oneof(foreign, fc.constant(busy.message)), async (message) => {
        await busy.app.poison(message);
        expect(busy.app.lines).toEqual([expect.stringContaining("message.poisoned")]);
        expectModest(busy.app);
        expect(busy.watched.calls).toEqual([]);
      }),
      { numRuns: 200 },
    );
    expect(everything(busy)).toBe(before);
  });
});

/** Names that a message may make the app read: the owner of the ledger, and the state of its HSM, with no path in it. */
function isOwnName(name: string, message: unknown): boolean {
  const { hsm } = Object(message);
  return name === "app.json" || (typeof hsm === "string" && isHsmName(hsm) && name === stateName(hsm));
}

describe("a genuine message with any number", () => {
  test("leaves its run to its one verified end, and concerns no other HSM", async () => {
    const anySeq = fc.oneof(fc.nat(20), fc.constantFrom(2 ** 53 - 1, 2 ** 32, 2 ** 31), fc.maxSafeInteger());
    await fc.assert(
      fc.asyncProperty(fc.array(anySeq, { minLength: 1, maxLength: 8 }), async (numbers) => {
        const { world, app, watched, message } = await busyWorld();
        for (const seq of numbers) await app.follow({ ...message, seq });
        expect(watched.hosts.every((url) => url.includes("contoso"))).toBe(true);
        expect(watched.names.every((name) => isOwnName(name, message))).toBe(true);
        await world.passTime(60 * MINUTE);
        for (const hsm of ["contoso", "fabrikam"])
          expect(await world.historyOf(hsm)).toMatchObject([{ state: "Succeeded" }]);
        expect(world.hsm.at("contoso").jobs()).toHaveLength(1);
        expect(world.queue.all()).toEqual([]);
        expectModest(app);
      }),
      { numRuns: 30 },
    );
  });
});
