import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTelemetryEndpoint, type TelemetryEndpoint } from "../../local/telemetry-endpoint.ts";
import { tokenFor } from "../token-credential.ts";
import { makeTrustedCertificate, type TrustedCertificate } from "../trusted-certificate.ts";

const AUDIENCE = "https://monitor.azure.com";

describe("the local ingestion endpoint", () => {
  let certificate: TrustedCertificate;
  let folder: string;
  let file: string;
  let endpoint: TelemetryEndpoint;
  beforeAll(async () => {
    certificate = await makeTrustedCertificate();
    folder = await mkdtemp(join(tmpdir(), "telemetry-endpoint-"));
    file = join(folder, "spans.jsonl");
    endpoint = await startTelemetryEndpoint(certificate, file);
  });
  afterAll(async () => {
    await endpoint?.stop();
    await certificate?.remove();
    await rm(folder, { recursive: true, force: true });
  });

  const post = async (body: string, resource: string | null = AUDIENCE, path = "v2.1/track") => {
    const url = /IngestionEndpoint=([^;]+)/.exec(endpoint.settings.APPLICATIONINSIGHTS_CONNECTION_STRING)?.[1];
    const headers = resource === null ? {} : { authorization: `Bearer ${tokenFor(resource)}` };
    const answer = await fetch(`${url}${path}`, { method: "POST", body, headers });
    return { status: answer.status, body: await answer.json() };
  };

  test("writes each item as a line, also of posts side by side, and tells how many it took", async () => {
    const answers = await Promise.all([post('[{"a":1},{"b":2}]'), post('[{"c":3}]')]);
    expect(answers).toEqual([
      { status: 200, body: { itemsReceived: 2, itemsAccepted: 2, errors: [] } },
      { status: 200, body: { itemsReceived: 1, itemsAccepted: 1, errors: [] } },
    ]);
    const lines = (await readFile(file, "utf8")).trimEnd().split("\n");
    expect(lines.toSorted()).toEqual(['{"a":1}', '{"b":2}', '{"c":3}']);
  });

  test.each([
    ["no token", '[{"x":1}]', null, "v2.1/track", 401],
    ["a token for another service", '[{"x":1}]', "https://storage.azure.com", "v2.1/track", 401],
    ["no list", '{"x":1}', AUDIENCE, "v2.1/track", 400],
    ["no JSON", "x", AUDIENCE, "v2.1/track", 400],
    ["another path", '[{"x":1}]', AUDIENCE, "v2/elsewhere", 404],
  ] as const)("refuses %s, and writes nothing of it", async (_what, body, resource, path, status) => {
    expect((await post(body, resource, path)).status).toBe(status);
    expect(await readFile(file, "utf8")).not.toContain('"x"');
  });
});
