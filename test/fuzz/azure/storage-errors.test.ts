import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { backupContainers } from "../../../azure/storage/backup-containers.ts";
import { ledgerBlobs } from "../../../azure/storage/ledger.ts";
import { backupService, ledgerClients } from "../../../azure/storage/storage-clients.ts";
import { HOUR } from "../../../backup/model/instant.ts";
import { SAS, TOKEN } from "../../azure/secrets.ts";
import { LABORIOUS } from "./hsm-texts.ts";
import { failedOf, workOf } from "./outcomes.ts";
import { callAll, LISTING, storageAt } from "./storage-under-test.ts";
import { http, locationsAt, retryAfters, statuses } from "./wire-answers.ts";
import { noUnhandledRejections, wirePair } from "./wire-pair.ts";

/** Milliseconds. */
const PATIENCE = 20_000;
/** Milliseconds of work. */
const MUCH = 2_000;
const XML = ["content-type", "application/xml"] as const;
const { service, bystander } = wirePair(LISTING);
noUnhandledRejections();

describe("storage", () => {
  test.each(LABORIOUS)("that refuses with %s is understood at once", async (_what, text) => {
    service().answer(
      http(403, [XML], `<?xml version="1.0"?><Error><Code>${text}</Code><Message>${text}</Message></Error>`),
    );
    const storage = storageAt(service().origin, PATIENCE);
    const work = await workOf(async () => {
      expect((await failedOf(storage.readBlob("a"), PATIENCE)).failure.reason).toBe("denied");
    });
    expect(work).toBeLessThan(MUCH);
  });

  test("that answers with 10 MB where some hundred bytes were due", async () => {
    const long = "words ".repeat(1_700_000);
    const storage = storageAt(service().origin, PATIENCE);
    service().answer(http(200, [XML], long));
    expect((await failedOf(storage.countBlobs("container", "folder"), PATIENCE)).failure.reason).toBe("unreadable");
    service().answer(
      http(403, [XML], `<?xml version="1.0"?><Error><Code>Denied</Code><Message>${long}</Message></Error>`),
    );
    expect((await failedOf(storage.writeManifest("container", "name", "{}"), PATIENCE)).failure.reason).toBe("denied");
  });
});

const CODES = [
  "ConditionNotMet",
  "BlobNotFound",
  "QueueNotFound",
  "ContainerNotFound",
  "ServerBusy",
  "",
  "\u00a0",
  "Ünïcödé",
  "__proto__",
  "toString",
  "x".repeat(5_000),
  TOKEN,
  SAS,
];
const errors = fc.record({
  code: fc.constantFrom(...CODES),
  message: fc.constantFrom("No.", "", "two\r\nlines", `AuthenticationFailed ${SAS} ${TOKEN}`, "x".repeat(5_000)),
  isXml: fc.boolean(),
  inHeader: fc.boolean(),
});

test("whatever the status, the error and the headers: each verb ends as it should or fails, and no other server is asked", async () => {
  await fc.assert(
    fc.asyncProperty(statuses, errors, retryAfters, fc.nat(), async (status, error, retryAfter, which) => {
      const locations = locationsAt(bystander().origin);
      const location = locations[which % locations.length] ?? "";
      service().answer((request) => {
        const { code, message, isXml, inHeader } = error;
        const echo = `${message} ${request}`.replace(/[<&]/g, "");
        const body = isXml
          ? `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${echo}</Message></Error>`
          : `${code} ${echo}`;
        const isBare = status === 204 || status === 304 || request.startsWith("HEAD");
        const headers = [
          XML,
          ["location", location],
          ["retry-after", retryAfter],
          ["x-ms-retry-after-ms", retryAfter],
        ] as const;
        return http(status, inHeader ? [...headers, ["x-ms-error-code", code]] : headers, isBare ? "" : body);
      });
      const outcomes = await callAll(service().origin, PATIENCE);
      // A status that isn't a verb's own success never counts as one.
      if (status >= 300) expect(Object.values(outcomes)).not.toContain("success");
      for (const request of service().requests) expect(request).toContain(`Host: ${new URL(service().origin).host}`);
      expect(bystander().requests).toEqual([]);
    }),
    { numRuns: 80 },
  );
});

describe("storage that asks for another token", () => {
  const challenges = fc.record({
    authority: fc.constantFrom(
      "https://login.microsoftonline.com/0f0f0f0f-1111-4222-8333-444444444444/oauth2/authorize",
      "https://elsewhere.example/0f0f0f0f-1111-4222-8333-444444444444",
      "x",
      "",
    ),
    resource: fc.constantFrom(
      "https://managedhsm.azure.net",
      "https://management.azure.com",
      "https://storage.azure.com",
      "https://disk.azure.com",
      "::",
      "",
    ),
    scheme: fc.constantFrom("Bearer", "bearer", "Basic", ""),
  });

  test("gets one for storage or none", async () => {
    await fc.assert(
      fc.asyncProperty(challenges, async ({ authority, resource, scheme }) => {
        const asked: unknown[] = [];
        const identity = {
          getToken: async (scopes: string | string[]) => {
            asked.push(scopes);
            return { token: TOKEN, expiresOnTimestamp: Date.now() + HOUR };
          },
        };
        service().answer(
          http(401, [XML, ["www-authenticate", `${scheme} authorization_uri=${authority} resource_id=${resource}`]]),
        );
        const client = backupService(`${service().origin}/stub`, identity, PATIENCE);
        const backups = backupContainers({
          service: client,
          authentication: "sas",
          sasLifetime: HOUR,
          now: () => new Date(),
          callTimeLimit: PATIENCE,
        });
        const host = {
          by: "identity",
          blobServiceUrl: `${service().origin}/stub`,
          queueServiceUrl: `${service().origin}/stub`,
          clientId: undefined,
        } as const;
        const ledger = ledgerBlobs(ledgerClients(host, "backup-runs", () => identity, PATIENCE).container, PATIENCE);
        await failedOf(backups.countBlobs("container", "folder"), PATIENCE);
        await failedOf(ledger.readBlob("a"), PATIENCE);
        expect(new Set(asked.flat())).toEqual(new Set(["https://storage.azure.com/.default"]));
      }),
      { numRuns: 40 },
    );
  });
});
