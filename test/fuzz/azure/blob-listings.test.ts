import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { backupContainers } from "../../../azure/storage/backup-containers.ts";
import { ledgerBlobs } from "../../../azure/storage/ledger.ts";
import { HOUR } from "../../../backup/model/instant.ts";
import { SAS, TOKEN } from "../../azure/secrets.ts";
import { type Stub, startStub } from "../../azure/storage/stub-storage.ts";
import { failedOf, outcomeOf } from "./outcomes.ts";
import { noUnhandledRejections } from "./wire-pair.ts";
import { anyXml, mutated } from "./xml-answers.ts";

/** Milliseconds. */
const PATIENCE = 20_000;

let stub: Stub;
/** What the next listings are answered with; `asked` is the marker of the request. */
let listing: (asked: string) => string;
beforeAll(async () => {
  stub = await startStub(({ url = "" }) => {
    return { status: 200, text: listing(new URL(url, "http://stub").searchParams.get("marker") ?? "") };
  });
});
afterAll(() => stub.close());
noUnhandledRejections();

const list = () => ledgerBlobs(stub.ledger, PATIENCE).listBlobs("runs/", undefined, 10);
const count = () =>
  backupContainers({
    service: stub.service,
    authentication: "sas",
    sasLifetime: HOUR,
    now: () => new Date(),
    callTimeLimit: PATIENCE,
  }).countBlobs("container", "folder");

const blob = (inside: string): string => `<Blob>${inside}</Blob>`;
const GOOD_BLOB = `<Name>folder/a</Name><Properties><Content-Length>3</Content-Length><Etag>"0x1"</Etag></Properties><Metadata><state>Succeeded</state></Metadata>`;
const page = (blobs: string): string =>
  `<?xml version="1.0" encoding="utf-8"?><EnumerationResults ServiceEndpoint="http://stub/" ContainerName="any"><Blobs>${blobs}</Blobs><NextMarker></NextMarker></EnumerationResults>`;

describe("a listing", () => {
  test("as it should be is read", async () => {
    listing = () => page(blob(GOOD_BLOB));
    expect(await list()).toEqual({
      blobs: [{ name: "folder/a", metadata: { state: "Succeeded" } }],
      marker: undefined,
    });
    expect(await count()).toEqual({ blobCount: 1, bytes: 3 });
  });

  test("malformed anywhere is read, or fails as a call does", async () => {
    const good = page(blob(GOOD_BLOB) + blob(GOOD_BLOB));
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.oneof(mutated(good), anyXml), async (text) => {
        // A marker that there is by now ends on the second page.
        listing = (asked) => (asked === "" ? text : page(""));
        for (const call of [list, count]) {
          const outcome = await outcomeOf<unknown>(call(), PATIENCE, "anything");
          seen.add("failed" in outcome ? outcome.failed.failure.reason : "success");
          // A marker that is too long for an address is what the second page is refused for.
          if ("failed" in outcome)
            expect(["unreadable", "noAnswer", "rejected"]).toContain(outcome.failed.failure.reason);
        }
      }),
      { numRuns: 250 },
    );
    expect([...seen]).toEqual(expect.arrayContaining(["noAnswer", "success", "unreadable"]));
  });

  test("with a secret in it doesn't quote it where it can't be read", async () => {
    for (const text of [`<a>${TOKEN}`, `${SAS}`]) {
      listing = () => text;
      await failedOf(list(), PATIENCE);
    }
  });
});
