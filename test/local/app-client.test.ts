import { createServer, type Server } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type App, getRun, startBackup } from "../../local/app-client.ts";
import { listen } from "../listen.ts";

const never = new AbortController().signal;

/** Answers every call with what it was asked, or with 409 and, for `taken`, the address of the active run. */
function echo(): Server {
  return createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const taken = body.includes("taken");
    const busy = taken || body.includes("busy");
    response.writeHead(busy ? 409 : 200, taken ? { location: "/api/backups/taken/1" } : {});
    const { method, url, headers } = request;
    response.end(
      busy ? '{"error":{"code":"busy"}}' : JSON.stringify({ method, url, key: headers["x-functions-key"], body }),
    );
  });
}

describe("the client of the app's HTTP API", () => {
  const server = echo();
  let app: App;

  beforeAll(async () => {
    const port = await listen(server);
    app = { url: `http://127.0.0.1:${port}`, key: "secret" };
  });

  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });

  it("starts a backup, with the key in a header and not in the address", async () => {
    expect(await startBackup(app, "contoso", never)).toEqual({
      method: "POST",
      url: "/api/backups",
      key: "secret",
      body: '{"hsm":"contoso"}',
    });
  });

  it("gives the active run where one is active already", async () => {
    expect(await startBackup(app, "taken", never)).toMatchObject({ method: "GET", url: "/api/backups/taken/1" });
  });

  it("asks for the state of a run", async () => {
    expect(await getRun(app, "contoso", "2026/1", never)).toMatchObject({
      method: "GET",
      url: "/api/backups/contoso/2026%2F1",
    });
  });

  it("reports what was refused and how, without the key", async () => {
    const refusal = await startBackup(app, "busy", never).catch((problem: unknown) => String(problem));
    expect(refusal).toBe('Error: POST /api/backups was answered 409: {"error":{"code":"busy"}}');
  });
});
