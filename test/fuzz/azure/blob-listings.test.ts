import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { backupContainers } from "../../../azure/storage/backup-containers.ts";
import { ledgerBlobs } from "../../../azure/storage/ledger-blobs.ts";
import { HOUR } from "../../../backup/instant.ts";
import { SAS, TOKEN } from "../../azure/secrets.ts";
import { type Stub, startStub } from "../../azure/storage/stub-storage.ts";
import { until } from "../../until.ts";
import { failedOf, outcomeOf } from "./outcomes.ts";
import { expectCount, expectPage } from "./storage-under-test.ts";
import { noUnhandledRejections } from "./wire-pair.ts";
import { anyXml, mutated, XML_TEXTS } from "./xml-answers.ts";

/** Milliseconds. */
const PATIENCE = 20_000;
const LIMIT = 300;

let stub: Stub;
/** What the next listings are answered with; `asked` is the marker of the request. */
let listing: (asked: string) => string;
let pages = 0;
beforeAll(async () => {
  stub = await startStub(({ url = "" }) => {
    pages += 1;
    return { status: 200, text: listing(new URL(url, "http://stub").searchParams.get("marker") ?? "") };
  });
});
afterAll(() => stub.close());
noUnhandledRejections();
beforeEach(() => {
  pages = 0;
});

const list = (limit = PATIENCE, marker?: string) => ledgerBlobs(stub.ledger, limit).listBlobs("runs/", marker, 10);
const count = (limit = PATIENCE) =>
  backupContainers({
    service: stub.service,
    authentication: "sas",
    sasLifetime: HOUR,
    now: () => new Date(),
    callTimeLimit: limit,
  }).countBlobs("container", "folder");

const blob = (inside: string): string => `<Blob>${inside}</Blob>`;
const GOOD_BLOB = `<Name>folder/a</Name><Properties><Content-Length>3</Content-Length><Etag>"0x1"</Etag></Properties><Metadata><state>Succeeded</state></Metadata>`;
const page = (blobs: string, next = "", beside = ""): string =>
  `<?xml version="1.0" encoding="utf-8"?><EnumerationResults ServiceEndpoint="http://stub/" ContainerName="any">${beside}<Blobs>${blobs}</Blobs><NextMarker>${next}</NextMarker></EnumerationResults>`;

describe("a listing", () => {
  test("as it should be is read", async () => {
    listing = () => page(blob(GOOD_BLOB));
    expect(await list()).toEqual({
      blobs: [{ name: "folder/a", metadata: { state: "Succeeded" } }],
      marker: undefined,
    });
    expect(await count()).toEqual({ blobCount: 1, bytes: 3 });
  });

  test("malformed anywhere is read as texts and whole numbers, or fails", async () => {
    const good = page(blob(GOOD_BLOB) + blob(GOOD_BLOB));
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.oneof(mutated(good), anyXml), async (text) => {
        // A marker that there is by now ends on the second page: endless ones have a test of their own.
        listing = (asked) => (asked === "" ? text : page(""));
        for (const [call, expectSuccess] of [
          [list, expectPage],
          [count, expectCount],
        ] as const) {
          const outcome = await outcomeOf<unknown>(call(), PATIENCE, "anything");
          seen.add("failed" in outcome ? outcome.failed.failure.reason : "success");
          if ("value" in outcome) expectSuccess(outcome.value);
          // A marker that is too long for an address is what the second page is refused for.
          else expect(["unreadable", "noAnswer", "rejected"]).toContain(outcome.failed.failure.reason);
        }
      }),
      { numRuns: 250 },
    );
    expect([...seen]).toEqual(expect.arrayContaining(["noAnswer", "success", "unreadable"]));
  });

  const LENGTHS = [
    "-5",
    "1.5",
    "1e309",
    "abc",
    "NaN",
    "9007199254740993",
    "",
    " ",
    "0x10",
    "3</Content-Length><Content-Length>4",
  ];
  test.each(LENGTHS)(
    "with a length of %j counts whole numbers or fails: it never comes to a record",
    async (length) => {
      listing = () =>
        page(blob(`<Name>folder/a</Name><Properties><Content-Length>${length}</Content-Length></Properties>`));
      const outcome = await outcomeOf(count(), PATIENCE);
      if ("value" in outcome) expectCount(outcome.value);
      else expect(outcome.failed.failure.reason).toBe("unreadable");
    },
  );

  test("with a blob that has no length counts nothing: how much was written is part of a success", async () => {
    for (const properties of ["<Properties/>", "<Properties><Content-Length/></Properties>"]) {
      listing = () => page(blob(GOOD_BLOB) + blob(`<Name>folder/b</Name>${properties}`));
      expect((await failedOf(count(), PATIENCE)).failure).toMatchObject({ reason: "unreadable" });
    }
  });

  test.each(XML_TEXTS)("with names and metadata of %j", async (text) => {
    listing = () =>
      page(blob(`<Name>${text}</Name><Properties/><Metadata><state>${text}</state><b><c/></b></Metadata>`));
    const outcome = await outcomeOf(list(), PATIENCE, "anything");
    if ("value" in outcome) expectPage(outcome.value);
    else expect(["unreadable", "noAnswer"]).toContain(outcome.failed.failure.reason);
  });

  test("with a secret in it doesn't quote it where it can't be read", async () => {
    for (const text of [
      `<a>${TOKEN}`,
      `${SAS}`,
      page(blob(`<Name><a>${TOKEN}</a></Name>`)),
      page(blob(""), `<a>${SAS}</a>`),
    ]) {
      listing = () => text;
      await failedOf(list(), PATIENCE);
    }
  });
});

describe("markers that lead on for ever", () => {
  test("end a count at its time limit, and nothing is asked after that", async () => {
    const ways: readonly ((asked: string) => string)[] = [
      () => "again",
      (asked) => (asked === "a" ? "b" : "a"),
      () => `m${pages}`,
    ];
    for (const next of ways) {
      listing = (asked) => page(blob(GOOD_BLOB), next(asked));
      const { failure } = await failedOf(count(LIMIT), LIMIT);
      expect(failure).toMatchObject({ reason: "noAnswer", code: "TimeLimitReached" });
      await until("nobody else asks for pages any more", async () => {
        const before = pages;
        await list();
        await list();
        return pages === before + 2;
      });
    }
  });

  test("a marker of the ledger's listing that leads to itself fails: whoever goes on after it would never end", async () => {
    listing = (asked) => page(blob(GOOD_BLOB), asked || "again");
    const first = await list();
    expect(first.marker).toBe("again");
    const { failure } = await failedOf(list(PATIENCE, first.marker), PATIENCE);
    expect(failure).toMatchObject({ reason: "unreadable", operation: "list the ledger" });
  });
});
