import { request } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type HostAzurite, startHostAzurite } from "../../azurite.ts";
import { type AppFolder, bundleApp } from "./app-folder.ts";
import { type RunningHost, startHost } from "./running-host.ts";

const KEY = "a key of this test";
let azurite: HostAzurite;
let app: AppFolder;
let host: RunningHost;

beforeAll(async () => {
  [azurite, app] = await Promise.all([startHostAzurite(), bundleApp("http")]);
  const storage = azurite.connectionString;
  host = await startHost({ app: app.path, storage, env: { LOCAL_FUNCTION_KEY: KEY }, onFinished: () => undefined });
});
afterAll(async () => {
  await Promise.all([host.kill(), azurite.stop(), app.remove()]);
});

async function status(url: string, init?: RequestInit): Promise<{ status: number; body: string }> {
  const response = await fetch(url, init);
  return { status: response.status, body: await response.text() };
}

test("a request reaches the handler with params, query, headers and body, and the JSON answer comes back with the date", async () => {
  const response = await fetch(`${host.url}/api/Open/contoso/run%201%2F?state=a&state=b&empty=`, {
    method: "POST",
    headers: { "x-given": "given", "if-none-match": 'W/"a"' },
    body: '{"a":1}',
  });

  expect(response.status).toBe(202);
  expect(response.headers.get("content-type")).toBe("application/json");
  expect(response.headers.get("x-answer")).toBe("yes");
  expect(response.headers.get("location")).toBe("/somewhere");
  expect(Date.parse(response.headers.get("date") ?? "")).not.toBeNaN();
  expect(await response.json()).toMatchObject({
    method: "POST",
    path: "/api/Open/contoso/run%201%2F",
    params: { hsm: "contoso", run: "run 1%2F" },
    query: { state: "a,b", empty: "" },
    headers: { "x-given": "given", "if-none-match": 'W/"a"' },
    body: '{"a":1}',
  });
  expect(host.functions).toContain("open");
});

/** POST with headers that `fetch` would change. @returns what reached the handler */
async function postRaw(headers: Readonly<Record<string, string | string[]>>): Promise<Record<string, unknown>> {
  const answered = Promise.withResolvers<string>();
  request(`${host.url}/api/open/contoso`, { method: "POST", headers }, (response) => answered.resolve(text(response)))
    .once("error", answered.reject)
    .end(Buffer.from("a body"));
  return JSON.parse(await answered.promise);
}

test("an empty header arrives as an empty text, and repeated headers are joined by commas", async () => {
  const headers = { "x-empty": "", "x-twice": ["a", "b"], "content-length": "6" };
  expect(await postRaw(headers)).toMatchObject({
    headers: { "x-empty": "", "x-twice": "a,b" },
    body: "a body",
  });
});

test("a body that is sent in chunks does not reach the handler", async () => {
  expect(await postRaw({ "transfer-encoding": "chunked" })).toMatchObject({
    headers: { "transfer-encoding": "chunked" },
    body: "",
  });
});

test("routes: an optional parameter may be missing, a literal wins, unknown paths and methods are 404 without a body", async () => {
  expect(await (await fetch(`${host.url}/api/open/contoso`)).json()).toMatchObject({ params: { hsm: "contoso" } });
  expect((await status(`${host.url}/api/open/list`)).body).toBe("the literal route");
  for (const path of ["/", "/open/contoso", "/api/open", "/api/open/a/b/c", "/api//open/a", "/api/nothing"])
    expect(await status(`${host.url}${path}`), path).toEqual({ status: 404, body: "" });
  expect(await status(`${host.url}/api/open/contoso`, { method: "DELETE" })).toEqual({ status: 404, body: "" });
});

test("a function with a key accepts it in the header or as code, and answers 401 without a body otherwise", async () => {
  for (const name of ["guarded", "master"]) {
    const url = `${host.url}/api/${name}`;
    expect(await status(url)).toEqual({ status: 401, body: "" });
    expect(await status(url, { headers: { "x-functions-key": "wrong" } })).toEqual({ status: 401, body: "" });
    expect(await status(`${url}?code=wrong`)).toEqual({ status: 401, body: "" });
    expect((await status(url, { headers: { "x-functions-key": KEY } })).status).toBe(202);
    expect((await status(`${url}?code=${encodeURIComponent(KEY)}`)).status).toBe(202);
  }
  expect(host.stderr.join("\n")).not.toContain(KEY);
});

test("the host's list of functions is 401 without the key, and 404 with it: it isn't imitated", async () => {
  const url = `${host.url}/admin/functions`;
  expect(await status(url)).toEqual({ status: 401, body: "" });
  expect(await status(url, { headers: { "x-functions-key": KEY } })).toEqual({ status: 404, body: "" });
});

test("a handler that throws or returns no HTTP answer is answered 500 without a body, and the reason is logged", async () => {
  expect(await status(`${host.url}/api/throws`)).toEqual({ status: 500, body: "" });
  expect(await status(`${host.url}/api/wrong`)).toEqual({ status: 500, body: "" });
  expect(host.stderr.join("\n")).toMatch(
    /^error [0-9a-f-]{36} Executed 'Functions.throws' \(Failed\): Error: the handler failed$/m,
  );
});

test("a handler that returns nothing is answered 204; bytes and cookies are converted by the library", async () => {
  expect(await status(`${host.url}/api/silent`)).toEqual({ status: 204, body: "" });

  const bytes = new Uint8Array([0, 255, 128, 10]);
  const echoed = await fetch(`${host.url}/api/bytes`, { method: "POST", body: bytes });
  expect(new Uint8Array(await echoed.arrayBuffer())).toEqual(bytes);
  expect(echoed.headers.get("content-type")).toBe("application/x-test");

  const cookie = await fetch(`${host.url}/api/cookie`);
  expect(cookie.headers.getSetCookie()).toEqual(["a=b%20c; Path=/; Max-Age=60; HttpOnly; SameSite=Lax"]);
});

test("a body over 100 MB is refused with 413 before it is read", async () => {
  const socket = connect(Number(new URL(host.url).port), "127.0.0.1");
  const answer = await new Promise<string>((resolve, reject) => {
    socket.once("error", reject).once("data", (data) => resolve(data.toString()));
    socket.write("POST /api/bytes HTTP/1.1\r\nHost: localhost\r\nContent-Length: 104857601\r\n\r\n");
  });
  socket.destroy();
  expect(answer).toMatch(/^HTTP\/1\.1 413 /);
});
