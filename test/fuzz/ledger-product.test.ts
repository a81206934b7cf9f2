import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readCardText } from "../../backup/card.ts";
import { HOUR, MINUTE } from "../../backup/instant.ts";
import { cardName, recordsOf } from "../../backup/ledger.ts";
import { readRecordText } from "../../backup/record.ts";
import { makeProductWorld, type ProductWorld } from "../steps/product-world.ts";
import { anyText, isClean } from "./any-text.ts";
import { makeApp } from "./app-handlers.ts";
import { damagedBytes, FUTURE_DATES, mutatedJson, PAST_DATES } from "./mutated-json.ts";
import { passQuickly } from "./pass-quickly.ts";
import { watchCalls } from "./watch-calls.ts";

const DATES = [...PAST_DATES, ...FUTURE_DATES];

const NEXT_SLOT = "2026-11-24T02:00:00.000Z";
const FIRST_SLOT = "2026-11-23T02:00:00.000Z";
const NAMED_RECORD = /^runs\/contoso\/\d{13}-(.+)\.json$/;

const VICTIMS = {
  card: (name: string) => name === cardName("contoso"),
  record: (name: string) => name.startsWith(recordsOf("contoso")),
  both: (name: string) => VICTIMS.card(name) || VICTIMS.record(name),
};

const anyDamageTo = (json: string): fc.Arbitrary<Uint8Array> =>
  fc.oneof(
    { weight: 3, arbitrary: mutatedJson(json, DATES).map((text) => new TextEncoder().encode(text)) },
    { weight: 1, arbitrary: damagedBytes(json) },
  );

const METADATA = ["state", "trigger", "slot", "startedat", "endedat", "blobcount", "bytes"];
const anyMetadata = fc.oneof(
  { weight: 3, arbitrary: fc.constant(undefined) },
  {
    weight: 1,
    arbitrary: fc.dictionary(
      fc.constantFrom(...METADATA),
      fc.oneof(
        anyText.map((text) => text.replace(/[^\x20-\x7e]/g, "")),
        fc.constantFrom(...DATES),
      ),
    ),
  },
);

/** No question gets another answer than 200, or the 409 or 503 that says what is wrong; nobody is told a secret. */
async function expectAnswers(world: ProductWorld): Promise<void> {
  const app = makeApp(world.deps);
  for (const path of ["/api/backups", "/api/backups?hsm=contoso", "/api/backups?hsm=contoso&limit=1&state=Failed"]) {
    expect((await app.ask("listBackups", { path })).status, path).toBe(200);
  }
  expect([200, 503]).toContain((await app.ask("health")).status);
  for (const name of world.blobs.blobs.keys()) {
    const run = NAMED_RECORD.exec(name)?.[1];
    if (run === undefined) continue;
    const { status, text } = await app.ask("getBackup", { params: { hsm: "contoso", run } });
    expect([200, 409], text).toContain(status);
    if (status === 409) expect(isClean(text), text).toBe(true);
  }
}

function isUnreadable(name: string, bytes: Uint8Array): boolean {
  const text = new TextDecoder().decode(bytes);
  const id = NAMED_RECORD.exec(name)?.[1];
  const read = id === undefined ? readCardText(text, "contoso") : readRecordText(text, "contoso", id);
  return read.outcome === "unreadable";
}

const isKept = (world: ProductWorld, bytes: Uint8Array): boolean =>
  [...world.blobs.blobs.values()].some(({ body }) => Buffer.from(body).equals(bytes));

describe("a ledger in which the card or records of one HSM were changed by hand, in any way", () => {
  test("harms no other HSM, answers every question, loses no byte, and backs the HSM up at its next slot", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(VICTIMS.card, VICTIMS.record, VICTIMS.both),
        // From before the slot, over the start and the looks, to after the end.
        fc.integer({ min: 4, max: 20 }),
        anyMetadata,
        fc.gen(),
        async (isVictim, minutes, metadata, draw) => {
          const world = makeProductWorld({ hsms: ["contoso", "fabrikam"] });
          const watched = watchCalls(world.deps);
          await passQuickly(world, minutes * MINUTE);
          const put = [...world.blobs.blobs].flatMap(([name, blob]) => {
            if (!isVictim(name)) return [];
            const bytes = draw(anyDamageTo, new TextDecoder().decode(blob.body));
            world.blobs.put(name, bytes, metadata ?? blob.metadata);
            return [{ name, bytes }];
          });
          const story = put.map(({ name, bytes }) => `${name}: ${new TextDecoder().decode(bytes)}`).join("\n");

          await expectAnswers(world);
          await passQuickly({ ...world, deps: watched.deps }, 24 * HOUR + 30 * MINUTE);
          await expectAnswers(world);

          const { runs, active } = await world.cardOf("contoso");
          expect(runs, story).toContainEqual(expect.objectContaining({ state: "Succeeded", slot: NEXT_SLOT }));
          expect(active, story).toBeNull();
          const unreadable = put.filter(({ name, bytes }) => isUnreadable(name, bytes));
          expect(
            unreadable.every(({ bytes }) => isKept(world, bytes)),
            story,
          ).toBe(true);
          const others = world.runsOf("fabrikam").map(({ state, slot }) => [state, slot]);
          expect(others).toEqual([
            ["Succeeded", NEXT_SLOT],
            ["Succeeded", FIRST_SLOT],
          ]);
          const ofOthers = watched.names.filter(
            (name) => !/^(hsms|runs)\/(contoso|fabrikam)[./]|^damaged\//.test(name),
          );
          expect(
            ofOthers.filter((name) => name !== "hsms/"),
            story,
          ).toEqual([]);
        },
      ),
      { numRuns: 80 },
    );
  }, 60_000);
});
