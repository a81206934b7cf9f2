import { inspect } from "node:util";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { backupContainers } from "../../../azure/storage/backup-containers.ts";
import { followQueue } from "../../../azure/storage/ledger.ts";
import { after, DAY, HOUR, instantOf } from "../../../backup/model/instant.ts";
import { type Stub, startStub } from "../../azure/storage/stub-storage.ts";
import { sasOf } from "../../sas-target.ts";
import { outcomeOf } from "./outcomes.ts";
import { noUnhandledRejections } from "./wire-pair.ts";
import { anyXml, mutated } from "./xml-answers.ts";

/** Milliseconds. */
const PATIENCE = 20_000;
const MESSAGE = { schemaVersion: 1, hsm: "contoso", run: "20261123T020000Z-m-aaaaaaaa", seq: 0 };

let stub: Stub;
/** What a message or a delegation key is answered with; the container is always there. */
let answer = "";
let isKey = false;
beforeAll(async () => {
  stub = await startStub(({ method }) => {
    if (method === "PUT") return { status: 409, code: "ContainerAlreadyExists" };
    return { status: isKey ? 200 : 201, text: answer };
  });
});
afterAll(() => stub.close());
noUnhandledRejections();

describe("a message's answer", () => {
  const GOOD = `<?xml version="1.0"?><QueueMessagesList><QueueMessage><MessageId>5974b586-0df3-4e2d-ad0c-18e3892bfca2</MessageId><InsertionTime>Mon, 23 Nov 2026 02:00:00 GMT</InsertionTime><ExpirationTime>Mon, 30 Nov 2026 02:00:00 GMT</ExpirationTime><PopReceipt>YzQ4Yzg1MDI=</PopReceipt><TimeNextVisible>Mon, 23 Nov 2026 02:01:00 GMT</TimeNextVisible></QueueMessage></QueueMessagesList>`;

  test("is sent or fails", async () => {
    isKey = false;
    const { sendMessage } = followQueue(stub.queue, () => new Date(), PATIENCE);
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.oneof(mutated(GOOD), anyXml), async (text) => {
        answer = text;
        const sent = sendMessage(MESSAGE, instantOf(new Date()), after(new Date(), HOUR));
        const outcome = await outcomeOf(sent, PATIENCE, "anything");
        seen.add("failed" in outcome ? outcome.failed.failure.reason : "success");
      }),
      { numRuns: 150 },
    );
    expect([...seen]).toEqual(expect.arrayContaining(["success", "noAnswer"]));
  });
});

describe("a delegation key's answer", () => {
  const VALUE = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";
  const NOW = new Date("2026-11-23T02:00:00Z");
  const iso = (after: number): string => `${new Date(NOW.getTime() + after).toISOString().slice(0, 19)}Z`;
  const keyOf = (fields: Readonly<Record<string, string>>): string =>
    `<?xml version="1.0"?><UserDelegationKey>${Object.entries(fields)
      .map(([name, value]) => `<${name}>${value}</${name}>`)
      .join("")}</UserDelegationKey>`;
  const FIELDS = {
    SignedOid: "oid",
    SignedTid: "tid",
    SignedStart: iso(-HOUR),
    SignedExpiry: iso(6 * DAY),
    SignedService: "b",
    SignedVersion: "2026-02-06",
    Value: VALUE,
  };
  const dates = fc.constantFrom(
    iso(-DAY),
    iso(0),
    iso(HOUR - 1_000),
    iso(HOUR),
    iso(365 * DAY),
    "never",
    "",
    "0",
    "-1",
    "1e9",
    "9999-12-31T23:59:59Z",
    "+275760-09-13T00:00:00Z",
    "2026-02-30T00:00:00Z",
    "Mon, 23 Nov 2026 02:00:00 GMT",
  );
  const values = fc.constantFrom(
    VALUE,
    "",
    " ",
    "%%%",
    "ünïcödé",
    "a",
    "A".repeat(100_000),
    "<a/>",
    "&#13;&#10;",
    "]]&gt;",
  );
  const keys = fc.record(
    { SignedStart: dates, SignedExpiry: dates, Value: values, SignedOid: values },
    { requiredKeys: [] },
  );

  async function expectSasOrFailure(text: string): Promise<string> {
    isKey = true;
    answer = text;
    const { prepareTarget } = backupContainers({
      service: stub.service,
      authentication: "sas",
      sasLifetime: HOUR,
      now: () => NOW,
      callTimeLimit: PATIENCE,
    });
    const outcome = await outcomeOf(prepareTarget("container"), PATIENCE);
    const shown = inspect(outcome, { depth: Number.POSITIVE_INFINITY, showHidden: true });
    expect(shown).not.toContain(VALUE);
    if ("failed" in outcome) return outcome.failed.failure.code;
    const sas = new URLSearchParams(sasOf(outcome.value).reveal());
    // Whatever the key says, the SAS is for this hour, this container and https, and for what a backup needs.
    expect(Object.fromEntries(sas)).toMatchObject({
      spr: "https",
      sr: "c",
      sp: "rcwd",
      se: iso(HOUR),
      st: iso(-HOUR / 4),
    });
    expect(sas.get("sig")).toMatch(/^[\w+/]{43}=$/);
    expect(sasOf(outcome.value).reveal()).not.toMatch(/[\r\n\s]/);
    expect(sas.getAll("sig")).toHaveLength(1);
    return "success";
  }

  test("of odd dates and values gives a SAS that is valid for no more than was asked, or none", async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(keys, async (key) => void seen.add(await expectSasOrFailure(keyOf({ ...FIELDS, ...key })))),
      { numRuns: 150 },
    );
    expect(seen).toContain("success");
  });

  test("malformed anywhere gives such a SAS or none, and isn't quoted", async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(mutated(keyOf(FIELDS)), anyXml), async (text) => void (await expectSasOrFailure(text))),
      { numRuns: 150 },
    );
  });
});
