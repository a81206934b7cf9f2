import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readState, stateName } from "../../backup/ledger/ledger.ts";
import { readRecord, recordsOf } from "../../backup/ledger/records.ts";
import { DAY, HOUR, MINUTE } from "../../backup/model/instant.ts";
import { makeApp } from "../functions/app-handlers.ts";
import { makeProductWorld, type ProductWorld } from "../steps/product-world.ts";
import { anyText, isClean } from "./any-text.ts";
import { damagedBytes, FUTURE_DATES, mutatedJson, PAST_DATES } from "./mutated-json.ts";
import { watchCalls } from "./watch-calls.ts";

const DATES = [...PAST_DATES, ...FUTURE_DATES];
const NEXT_SLOT = "2026-11-24T02:00:00.000Z";
const FIRST_SLOT = "2026-11-23T02:00:00.000Z";
const NAMED_RECORD = /^runs\/contoso\/\d{13}-(.+)\.json$/;
const STATE = stateName("contoso");

const VICTIMS = {
  state: (name: string) => name === STATE,
  record: (name: string) => name.startsWith(recordsOf("contoso")),
  both: (name: string) => VICTIMS.state(name) || VICTIMS.record(name),
};

const anyDamageTo = (json: string): fc.Arbitrary<Uint8Array> =>
  fc.oneof(
    { weight: 3, arbitrary: mutatedJson(json, DATES).map((text) => new TextEncoder().encode(text)) },
    { weight: 1, arbitrary: damagedBytes(json) },
  );

const METADATA = ["state", "trigger", "slot", "startedat", "endedat", "blobcount", "bytes"];
const anyValue = fc.oneof(
  anyText.map((text) => text.replace(/[^\x20-\x7e]/g, "")),
  fc.constantFrom(...DATES),
);
const anyMetadata = fc.option(fc.dictionary(fc.constantFrom(...METADATA), anyValue), { freq: 3, nil: undefined });

/** No question gets another answer than 200, or the 409 or 503 that says what is wrong; none has a secret. */
async function expectAnswers(world: ProductWorld): Promise<void> {
  const app = makeApp(world.ports);
  expect((await app.list()).status).toBe(200);
  for (const query of ["?hsm=contoso", "?hsm=contoso&limit=1&state=Failed"]) {
    expect((await app.list(query)).status, query).toBe(200);
  }
  expect([200, 503]).toContain((await app.ask("health")).status);
  for (const name of world.blobs.blobs.keys()) {
    const run = NAMED_RECORD.exec(name)?.[1];
    if (run === undefined) continue;
    const { status, text } = await app.get("contoso", run);
    expect([200, 409], text).toContain(status);
    if (status === 409) expect(isClean(text), text).toBe(true);
  }
}

async function outcomeOf({ ports }: ProductWorld, name: string): Promise<string> {
  const id = NAMED_RECORD.exec(name)?.[1];
  return (await (id === undefined ? readState(ports, "contoso") : readRecord(ports, "contoso", id))).outcome;
}

const isKept = (world: ProductWorld, bytes: Uint8Array): boolean =>
  [...world.blobs.blobs.values()].some(({ body }) => Buffer.from(body).equals(bytes));

describe("a ledger in which the state or records of one HSM were changed by hand, in any way", () => {
  test("harms no other HSM, answers every question, loses no byte that can't be read, and backs the HSM up at its next slot", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(VICTIMS.state, VICTIMS.record, VICTIMS.both),
        // From before the slot, over the start and the looks, to after the end.
        fc.integer({ min: 1, max: 10 }),
        anyMetadata,
        fc.gen(),
        async (isVictim, minutes, metadata, draw) => {
          const world = makeProductWorld({ hsms: ["contoso", "fabrikam"] });
          const watched = watchCalls(world.ports);
          await world.passTime(minutes * MINUTE);
          const put = [...world.blobs.blobs].flatMap(([name, blob]) => {
            if (!isVictim(name)) return [];
            const bytes = draw(anyDamageTo, new TextDecoder().decode(blob.body));
            world.blobs.put(name, bytes, metadata ?? blob.metadata);
            return [{ name, bytes }];
          });
          const story = put.map(({ name, bytes }) => `${name}: ${new TextDecoder().decode(bytes)}`).join("\n");
          const outcomes = await Promise.all(put.map(({ name }) => outcomeOf(world, name)));

          await expectAnswers(world);
          await world.passTime(DAY + HOUR, () => watched.ports);
          await expectAnswers(world);

          const unreadable = put.filter((_, at) => ["damaged", "newer", "unreadable"].includes(outcomes[at] ?? ""));
          expect(
            unreadable.every(({ bytes }) => isKept(world, bytes)),
            story,
          ).toBe(true);
          const others = (await world.historyOf("fabrikam")).map(({ state, slot }) => [state, slot]);
          expect(others).toEqual([
            ["Succeeded", NEXT_SLOT],
            ["Succeeded", FIRST_SLOT],
          ]);
          const foreign = watched.names.filter(
            (name) => !/^(hsms|runs)\/(contoso|fabrikam)[./]|^damaged\/|^app\.json$|^hsms\/$/.test(name),
          );
          expect(foreign, story).toEqual([]);
          // A state of a newer version is left alone.
          if (outcomes.includes("newer")) return;
          const { runs, active } = await world.stateOf("contoso");
          expect(runs, story).toContainEqual(expect.objectContaining({ state: "Succeeded", slot: NEXT_SLOT }));
          expect(active, story).toBeNull();
        },
      ),
      { numRuns: 40 },
    );
  });
});
