import { createServer, type IncomingMessage, type Server } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import type { Az, AzAnswer } from "../../../infra/post-provision/az.ts";
import { runStep } from "../../../infra/post-provision/step.ts";
import { listen } from "../../listen.ts";

const KEY = "a-function-key-that-must-stay-secret";
const RUN = "/api/backups/contoso/20261123T020000Z-m-1";

type Reply = { readonly status: number; readonly body?: unknown; readonly location?: string };

let server: Server | undefined;
afterEach(() => server?.close());

/** An app that answers by method and path, and the last answer again and again. */
async function app(answers: Readonly<Record<string, readonly Reply[]>>) {
  const seen: { readonly call: string; readonly key: unknown }[] = [];
  server = createServer((request: IncomingMessage, response) => {
    const call = `${request.method} ${request.url?.split("?")[0]}`;
    seen.push({ call, key: request.headers["x-functions-key"] });
    const count = seen.filter((each) => each.call === call).length;
    const row = answers[call] ?? [];
    const reply = row[Math.min(count, row.length) - 1] ?? { status: 404 };
    response.writeHead(reply.status, reply.location === undefined ? {} : { Location: reply.location });
    response.end(JSON.stringify(reply.body ?? {}));
  });
  return { appUrl: `http://127.0.0.1:${await listen(server)}`, seen };
}

const BACKUP_ROLE = "/roleDefinitions/7b127d3c-77bd-4e3e-bbe0-dbb8971fa7f8";
const HAS_ROLE: AzAnswer = { outcome: "done", value: [{ principalId: "p", roleDefinitionId: BACKUP_ROLE }] };

async function run(appUrl: string, isDryRun = false, roles: AzAnswer = HAS_ROLE) {
  const lines: string[] = [];
  const hsmIds = ["/subscriptions/s1/resourceGroups/hsm/providers/Microsoft.KeyVault/managedHSMs/contoso"];
  const output = { app: "app", appUrl, group: "g", subscription: "s", principalId: "p", hsmIds };
  const az: Az = async (given) => (given.includes("assignment") ? roles : { outcome: "done", value: KEY });
  const deps = { az, say: (line: string) => void lines.push(line), ask: undefined, wait: async () => {} };
  const isDone = await runStep(deps, { does: ["backup"], isDryRun, where: { text: JSON.stringify(output) } });
  expect(lines.join("\n")).not.toContain(KEY);
  return { isDone, lines };
}

const NONE = { status: 200, body: { runs: [] } };

describe("the first backup", () => {
  it("is started once the app is ready, and waited for", async () => {
    const { appUrl, seen } = await app({
      "GET /api/backups": [{ status: 503 }, { status: 404 }, NONE],
      "POST /api/backups": [{ status: 202, location: RUN }],
      [`GET ${RUN}`]: [
        { status: 200, body: { state: "InProgress" } },
        { status: 200, body: { state: "Succeeded" } },
      ],
    });
    expect(await run(appUrl)).toEqual({
      isDone: true,
      lines: [`contoso: a backup was started: ${RUN}`, "contoso: the first backup is Succeeded"],
    });
    expect(new Set(seen.map(({ key }) => key))).toEqual(new Set([KEY]));
  });

  it("isn't started where one has been verified already", async () => {
    const { appUrl, seen } = await app({ "GET /api/backups": [{ status: 200, body: { runs: [{ id: "one" }] } }] });
    expect((await run(appUrl)).isDone).toBe(true);
    expect(seen.map(({ call }) => call)).toEqual(["GET /api/backups"]);
  });

  it("is the one that runs already, where one does", async () => {
    const { appUrl } = await app({
      "GET /api/backups": [NONE],
      "POST /api/backups": [{ status: 409, location: RUN }],
      [`GET ${RUN}`]: [{ status: 200, body: { state: "Succeeded" } }],
    });
    expect((await run(appUrl)).isDone).toBe(true);
  });

  it("is reported with its error and remedy where it failed", async () => {
    const { appUrl } = await app({
      "GET /api/backups": [NONE],
      "POST /api/backups": [{ status: 202, location: RUN }],
      [`GET ${RUN}`]: [{ status: 200, body: { state: "Failed", error: { message: "HTTP 403", remedy: "grant it" } } }],
    });
    const { isDone, lines } = await run(appUrl);
    expect(isDone).toBe(false);
    expect(lines.at(-1)).toBe("contoso: the first backup is Failed: HTTP 403; grant it");
  });

  it("doesn't take the key to another host that an answer names", async () => {
    const { appUrl, seen } = await app({
      "GET /api/backups": [NONE],
      "POST /api/backups": [{ status: 202, location: "http://localhost:1/api/backups/x" }],
    });
    expect((await run(appUrl)).isDone).toBe(false);
    expect(seen.map(({ call }) => call)).toEqual(["GET /api/backups", "POST /api/backups"]);
  });

  it("isn't started where the app never becomes ready; its last answer says why", async () => {
    const error = { code: "SettingsRejected", message: "BACKUP_SCHEDULE: expected six fields" };
    const { appUrl } = await app({ "GET /api/backups": [{ status: 404 }, { status: 503, body: { error } }] });
    const { isDone, lines } = await run(appUrl);
    expect(isDone).toBe(false);
    expect(lines[0]).toContain("the app isn't ready (HTTP 503: BACKUP_SCHEDULE: expected six fields)");
  });

  it("isn't started where the app never answers", async () => {
    const { isDone, lines } = await run("http://127.0.0.1:1");
    expect(isDone).toBe(false);
    expect(lines[0]).toContain("the app isn't ready (no answer)");
  });

  it("isn't started where the role is known to be missing, for example because it was declined; the command is said", async () => {
    const { appUrl, seen } = await app({});
    const { isDone, lines } = await run(appUrl, false, { outcome: "done", value: [] });
    expect(isDone).toBe(false);
    expect(lines[0]).toContain("contoso: no first backup is started, because it would fail");
    expect(lines[1]).toContain("az keyvault role assignment create --hsm-name contoso --role 'Managed HSM Backup'");
    expect(seen).toEqual([]);
  });

  it("is started where the roles can't be seen from here", async () => {
    const { appUrl } = await app({ "GET /api/backups": [{ status: 200, body: { runs: [{ id: "one" }] } }] });
    expect((await run(appUrl, false, { outcome: "failed", why: "no route to the HSM" })).isDone).toBe(true);
  });

  it("isn't started in a dry run", async () => {
    const { appUrl, seen } = await app({});
    expect((await run(appUrl, true)).lines).toEqual(["contoso: would start a first backup, if it has none"]);
    expect(seen).toEqual([]);
  });
});
