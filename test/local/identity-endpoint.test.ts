import { ManagedIdentityCredential } from "@azure/identity";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { type IdentityEndpoint, startIdentityEndpoint } from "../../local/identity-endpoint.ts";

const TENANT = "11111111-2222-3333-4444-555555555555";
const HEADER = "shown-by-the-app";
const LIFETIME_SECONDS = 4_000;

describe("the identity endpoint", () => {
  let endpoint: IdentityEndpoint;

  // One for all tests: the official credential remembers, for its whole process, the endpoint that it met first.
  beforeAll(async () => {
    endpoint = await startIdentityEndpoint({
      port: 0,
      header: HEADER,
      tenantId: TENANT,
      lifetimeSeconds: LIFETIME_SECONDS,
    });
  });

  afterEach(() => {
    vi.unstubAllEnvs();
  });

  afterAll(async () => {
    await endpoint.close();
  });

  const ask = (query: string, headers: Record<string, string> = { "x-identity-header": HEADER }, method = "GET") =>
    fetch(`${endpoint.url}${query}`, { headers, method });

  it.each([
    ["https://storage.azure.com/.default", "https://storage.azure.com"],
    ["https://managedhsm.azure.net/.default", "https://managedhsm.azure.net"],
  ])("gives the official credential a token for %s", async (scope, audience) => {
    vi.stubEnv("IDENTITY_ENDPOINT", endpoint.url);
    vi.stubEnv("IDENTITY_HEADER", HEADER);
    const before = Date.now();
    const { token, expiresOnTimestamp } = await new ManagedIdentityCredential().getToken(scope);
    const claims = claimsOf(token);
    expect(claims).toMatchObject({ aud: audience, iss: `https://sts.windows.net/${TENANT}/`, tid: TENANT });
    expect(claims.oid).toMatch(/^[0-9a-f-]{36}$/);
    expect(claims.exp).toBe(Number(claims.nbf) + LIFETIME_SECONDS);
    expect(claims.iat).toBe(claims.nbf);
    // The endpoint cuts what is left of the lifetime to whole seconds, and the client cuts the time that it adds it to.
    const lifetime = LIFETIME_SECONDS * 1_000;
    expect(expiresOnTimestamp).toBeGreaterThanOrEqual(before + lifetime - 2_000);
    expect(expiresOnTimestamp).toBeLessThanOrEqual(Date.now() + lifetime + 1_000);
  });

  it("drops the slash at the end of a resource, which the services' audience checks don't expect", async () => {
    const answer: unknown = await (await ask("?api-version=2019-08-01&resource=https://storage.azure.com/")).json();
    expect(answer).toMatchObject({ token_type: "Bearer", expires_on: expect.stringMatching(/^\d+$/) });
    expect(claimsOf(textOf(answer, "access_token")).aud).toBe("https://storage.azure.com");
  });

  it("has the same principal in every token", async () => {
    const query = "?api-version=2019-08-01&resource=https://storage.azure.com";
    const [first, second] = await Promise.all([ask(query), ask(query)].map(async (answer) => (await answer).json()));
    expect(claimsOf(textOf(first, "access_token")).oid).toBe(claimsOf(textOf(second, "access_token")).oid);
  });

  it.each([
    ["a wrong secret", { "x-identity-header": "guessed" }],
    ["no secret", {}],
    ["an empty secret", { "x-identity-header": "" }],
  ])("answers 401 to %s", async (_, headers) => {
    const answer = await ask("?api-version=2019-08-01&resource=https://storage.azure.com", headers);
    expect(answer.status).toBe(401);
    expect(await answer.text()).toContain("X-IDENTITY-HEADER");
  });

  it.each([
    ["?resource=https://storage.azure.com", "api-version"],
    ["?api-version=2017-09-01&resource=https://storage.azure.com", "api-version"],
    ["?api-version=2019-08-01", "resource"],
    ["?api-version=2019-08-01&resource=storage", "resource"],
  ])("answers 400 to %s, naming %s", async (query, field) => {
    const answer = await ask(query);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ message: expect.stringContaining(field) });
  });

  it("answers nothing but GET on its one path", async () => {
    expect((await ask("", {}, "POST")).status).toBe(405);
    expect((await ask("/more")).status).toBe(404);
  });

  it("says in one sentence that its port is in use", async () => {
    const port = Number(new URL(endpoint.url).port);
    await expect(startIdentityEndpoint({ port, header: HEADER, tenantId: TENANT })).rejects.toThrow(
      `Port ${port} is in use, so the identity endpoint can't listen on it: end what uses it, or choose another port.`,
    );
  });
});

function claimsOf(token: string): Record<string, unknown> {
  const claims: unknown = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
  return Object.fromEntries(Object.entries(claims ?? {}));
}

function textOf(answer: unknown, name: string): string {
  const value: unknown = Object.fromEntries(Object.entries(answer ?? {}))[name];
  if (typeof value !== "string") throw new Error(`no ${name} in the answer`);
  return value;
}
