import { afterEach, describe, expect, test } from "vitest";
import { secret } from "../../backup/model/secret.ts";
import { ApiFailed } from "../../desk/api-failed.ts";
import { type Api, apiAt } from "../../desk/client.ts";
import { type Answer, type FakeApp, json, refusal, startFakeApp } from "./fake-app.ts";
import { aRecord, RUN } from "./some-answers.ts";

const KEY = "only-for-this-app";
let app: FakeApp | undefined;
afterEach(async () => {
  await app?.close();
  app = undefined;
});

async function apiThatAnswers(...answers: readonly [Answer, ...Answer[]]): Promise<Api> {
  app = await startFakeApp(() => answers[(app?.asked.length ?? 1) - 1] ?? answers[0]);
  return apiAt({ url: app.url, key: secret(KEY) });
}

async function failureOf(call: Promise<unknown>): Promise<ApiFailed> {
  try {
    await call;
  } catch (thrown) {
    if (thrown instanceof ApiFailed) return thrown;
    throw thrown;
  }
  throw new Error("The call did not fail.");
}

describe("the client of the API", () => {
  test("sends the key in a header, and asks for what is wanted", async () => {
    const api = await apiThatAnswers(json({ runs: [], cursor: null }));
    await api.runs({ hsm: "contoso", state: "Failed", limit: 5, cursor: undefined });
    expect(app?.asked).toMatchObject([
      { method: "GET", path: "/api/backups?hsm=contoso&state=Failed&limit=5", headers: { "x-functions-key": KEY } },
    ]);
  });

  test("sends no header of a key where there is none", async () => {
    app = await startFakeApp(() => json(aRecord()));
    await apiAt({ url: app.url, key: null }).run("contoso", RUN);
    expect(app.asked[0]?.headers).not.toHaveProperty("x-functions-key");
    expect(app.asked[0]?.path).toBe(`/api/backups/contoso/${RUN}`);
  });

  test("starts a backup with the key that makes a repeated start find its run", async () => {
    const api = await apiThatAnswers(json(aRecord({ state: "Starting" }), 202));
    expect(await api.start("contoso", "one-start")).toMatchObject({ id: RUN, hsm: "contoso" });
    expect(app?.asked).toMatchObject([{ method: "POST", headers: { "idempotency-key": "one-start" } }]);
    expect(JSON.parse(app?.asked[0]?.body ?? "")).toEqual({ hsm: "contoso" });
  });

  test("keeps the fields that it does not know", async () => {
    const api = await apiThatAnswers(json({ ...aRecord(), copiedTo: "elsewhere" }));
    expect(await api.run("contoso", RUN)).toEqual({ ...aRecord(), copiedTo: "elsewhere" });
  });

  test("takes the answer of an app that is not well as an answer", async () => {
    const health = { status: "unhealthy", version: "1.2.3", hsms: [], problems: [] };
    expect(await (await apiThatAnswers(json(health, 503))).health()).toEqual(health);
  });

  test.each([
    ["a page", { status: 200, text: "<html></html>" }, "notTheApp", "HTTP 200 with no JSON but text/html"],
    ["JSON of another shape", json({ runs: {} }), "notTheApp", "runs: expected a list, got an object"],
    ["JSON with another status", json({ runs: [], cursor: null }, 201), "notTheApp", "HTTP 201"],
    ["404 without the app's error", { status: 404, text: "" }, "notTheApp", "HTTP 404"],
    ["a redirect", { status: 302, text: "", headers: { location: "/elsewhere" } }, "notTheApp", "redirected"],
    ["401", { status: 401, text: "" }, "wrongKey", "HTTP 401"],
    ["403", { status: 403, text: "<html>stopped</html>" }, "forbidden", "HTTP 403"],
    ["502 of a gateway", { status: 502, text: "<html></html>" }, "noAnswer", "HTTP 502"],
    ["429 without a body", { status: 429, text: "" }, "noAnswer", "HTTP 429"],
    ["no answer at all", "cut", "noAnswer", "GET http"],
    ["the app's error", refusal(404, "hsmNotFound", "hsm: expected another"), "refused", "hsm: expected another"],
  ] as const)("tells %s from an answer", async (_what, answer, kind, message) => {
    const api = await apiThatAnswers(answer);
    const thrown = await failureOf(api.runs({}));
    expect(thrown.failure.kind).toBe(kind);
    expect(thrown.message).toContain(message);
    expect(JSON.stringify([thrown.message, thrown.failure])).not.toContain(KEY);
  });

  test("tells an address where nothing listens: the request was never sent", async () => {
    const gone = await startFakeApp(() => "never");
    await gone.close();
    const thrown = await failureOf(apiAt({ url: gone.url, key: null }).health());
    expect(thrown.failure).toMatchObject({ kind: "unreachable", status: null });
    expect(thrown.message).toContain("ECONNREFUSED");
  });

  test("tells an address that does not speak TLS: the request was never sent", async () => {
    app = await startFakeApp(() => json({}));
    const thrown = await failureOf(apiAt({ url: app.url.replace("http:", "https:"), key: null }).health());
    expect(thrown.failure.kind).toBe("unreachable");
    expect(app.asked).toEqual([]);
  });

  test("tells why Node sends nothing, where there is no code for it", async () => {
    const thrown = await failureOf(apiAt({ url: "http://127.0.0.1:1", key: null }).health());
    expect(thrown.message).toBe("GET http://127.0.0.1:1/api/health: bad port");
  });

  test("follows no redirect, so that the key goes nowhere else", async () => {
    const elsewhere = await startFakeApp(() => json({ runs: [], cursor: null }));
    try {
      const api = await apiThatAnswers({
        status: 307,
        text: "",
        headers: { location: `${elsewhere.url}/api/backups` },
      });
      await failureOf(api.runs({}));
      expect(elsewhere.asked).toEqual([]);
    } finally {
      await elsewhere.close();
    }
  });

  test("tells the code of the app's error, and how long to wait", async () => {
    const busy = {
      status: 409,
      json: { error: { code: "backupRunning", message: "busy" } },
      headers: { "retry-after": "10" },
    };
    const thrown = await failureOf((await apiThatAnswers(busy)).start("contoso", "key"));
    expect(thrown.failure).toEqual({ kind: "refused", status: 409, code: "backupRunning", retryAfter: 10_000 });
  });

  test("removes what looks like a secret from the app's error", async () => {
    const api = await apiThatAnswers(refusal(500, "unexpected", "refused: https://a.example/c?sig=abc%2Fdef"));
    expect((await failureOf(api.health())).message).toBe("refused: https://a.example/c?[secret]");
  });
});
