import { expect, test } from "vitest";
import { API_VERSIONS } from "../../../local/managed-hsm-emulator/wire/api-versions.ts";
import { HSM_RESOURCE, tokenFor } from "../../token-credential.ts";
import { asList, asObject, call, control, errorCode, follow } from "./hsm-client.ts";
import { usePlace } from "./stored-world.ts";

const HOUR = 3_600_000;

const { world, place, startBackup } = usePlace({ uploadSeconds: 0 });

test.each(API_VERSIONS)("version %s knows what it should, and refuses what came later", async (version) => {
  const isFrom = (since: (typeof API_VERSIONS)[number]) => API_VERSIONS.indexOf(version) >= API_VERSIONS.indexOf(since);
  const uri = place().storageResourceUri;
  const started = await startBackup(place().token, version);
  const ended = await follow(world().contoso, started, "backup");
  expect(ended.status).toBe("Succeeded");
  const withIdentity = { storageResourceUri: uri, useManagedIdentity: true };
  const byIdentity = await call(world().contoso, "POST", "backup", { version, body: withIdentity });
  if (isFrom("7.5-preview.1")) await follow(world().contoso, byIdentity, "backup");
  else
    expect(byIdentity.body.error).toMatchObject({
      code: "BadParameter",
      message: expect.stringContaining("token: required"),
    });
  const without = await call(world().contoso, "POST", "backup", { version, body: { storageResourceUri: uri } });
  expect([without.status, errorCode(without)]).toEqual([400, "BadParameter"]);
  const check = await call(world().contoso, "POST", "prebackup", { version, body: {} });
  if (isFrom("7.6-preview.1")) await follow(world().contoso, check, "backup");
  else expect([check.status, errorCode(check)]).toEqual([400, "UnsupportedApiVersion"]);
});

test.each([
  [null, "ApiVersionUnspecified"],
  ["7.1", "UnsupportedApiVersion"],
  ["7.4-preview", "UnsupportedApiVersion"],
  ["latest", "UnsupportedApiVersion"],
])("the version %s is refused", async (version, code) => {
  const refused = await call(world().contoso, "GET", "keys", { version });
  expect([refused.status, errorCode(refused)]).toEqual([400, code]);
});

const HSM = HSM_RESOURCE;
const tokens: readonly (readonly [string, () => string | null])[] = [
  ["no token", () => null],
  ["another scheme", () => "Basic abc"],
  ["a token that is no JWT", () => "Bearer abc"],
  ["a token for another audience", () => `Bearer ${tokenFor("https://vault.azure.net")}`],
  ["an expired token", () => `Bearer ${tokenFor(HSM, { now: new Date(Date.now() - 2 * HOUR) })}`],
  ["a token that is not valid yet", () => `Bearer ${tokenFor(HSM, { now: new Date(Date.now() + HOUR) })}`],
  ["a token of another tenant", () => `Bearer ${tokenFor(HSM, { tenantId: "another" })}`],
];

test.each(tokens)(
  "with %s the answer is 401 with the challenge and no body, and the state says why",
  async (_, authorization) => {
    const refused = await call(world().contoso, "GET", "backup/none/pending", { authorization: authorization() });
    expect([refused.status, refused.body]).toEqual([401, {}]);
    const { calls } = (await control(world().contoso, "GET", "state")).body;
    expect(asList(calls).at(-1)?.tokenProblem).toMatch(/token/i);
    expect(refused.headers.get("www-authenticate")).toBe(
      'Bearer authorization="https://login.microsoftonline.com/0f0f0f0f-1111-4222-8333-444444444444", resource="https://managedhsm.azure.net"',
    );
  },
);

test("the audience may end with a slash, and the tenant may stand in the issuer alone", async () => {
  const [head, claims = "", signature] = tokenFor(HSM).split(".");
  const { tid, ...rest } = JSON.parse(Buffer.from(claims, "base64url").toString());
  const changed = Buffer.from(JSON.stringify({ ...rest, aud: `${HSM}/` })).toString("base64url");
  expect(tid).toBeDefined();
  const answer = await call(world().contoso, "GET", "keys", {
    authorization: `Bearer ${head}.${changed}.${signature}`,
  });
  expect(answer.status).toBe(200);
});

const bodies: readonly (readonly [string, unknown, string])[] = [
  ["malformed JSON", "{", "not JSON"],
  ["a list", [], "JSON object"],
  ["no storage", {}, "storageResourceUri"],
  ["a wrong type", { storageResourceUri: 5 }, "storageResourceUri"],
  ["a plain http storage", { storageResourceUri: "http://127.0.0.1/a/b" }, "https"],
  ["a storage without container", { storageResourceUri: "https://127.0.0.1/account" }, "container"],
];

test.each(bodies)("a backup with %s is refused, naming it", async (_, given, part) => {
  const body = typeof given === "string" || Array.isArray(given) ? given : { ...asObject(given), token: place().token };
  const refused = await call(world().contoso, "POST", "backup", { body });
  expect([refused.status, errorCode(refused)]).toEqual([400, "BadParameter"]);
  expect(asObject(refused.body.error).message).toEqual(expect.stringContaining(part));
});

test("unknown fields are ignored, as is useManagedIdentity by versions that don't have it", async () => {
  const { storageResourceUri, token } = place();
  const body = { storageResourceUri, token, useManagedIdentity: false, extra: 1 };
  for (const version of ["7.2", "7.4", "7.6"]) {
    const started = await call(world().contoso, "POST", "backup", { version, body });
    expect(await follow(world().contoso, started, "backup")).toMatchObject({ status: "Succeeded" });
  }
});

test("a job is found without an api-version, at the address that its start names, and by its id in any case", async () => {
  const { contoso } = world();
  const started = await startBackup(place().token);
  expect((await call(started.headers.get("azure-asyncoperation") ?? "", "GET", "", { version: null })).status).toBe(
    200,
  );
  const jobId = String(started.body.jobId);
  const ended = await follow(contoso, started, "backup");
  expect((await call(contoso, "GET", `backup/${jobId.toUpperCase()}/pending`)).body).toEqual(ended);
});

test("an HSM is served at the root of its own port too, and its addresses begin with the one that was called", async () => {
  const { contoso, contosoRoot } = world();
  const { storageResourceUri, token } = place();
  expect(contosoRoot).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
  const started = await call(contosoRoot, "POST", "backup", { body: { storageResourceUri, token } });
  expect(started.headers.get("azure-asyncoperation")).toBe(`${contosoRoot}/backup/${started.body.jobId}/pending`);
  const ended = await follow(contosoRoot, started, "backup");
  expect((await call(contoso, "GET", `backup/${started.body.jobId}/pending`)).body).toEqual(ended);
  expect((await call(contosoRoot, "GET", "_control/contoso/state")).status).toBe(404);
});

test("a body of more than a megabyte is refused", async () => {
  const refused = await call(world().contoso, "POST", "backup", {
    body: { storageResourceUri: "x".repeat(1_100_000) },
  });
  expect([refused.status, errorCode(refused)]).toEqual([413, "RequestBodyTooLarge"]);
});

test.each(["..", "a/../b", "", "a//b"])("a restore from the folder '%s' is refused", async (folderToRestore) => {
  const body = {
    sasTokenParameters: { storageResourceUri: place().storageResourceUri, token: place().token },
    folderToRestore,
  };
  const refused = await call(world().contoso, "PUT", "restore", { body });
  expect([refused.status, errorCode(refused)]).toEqual([400, "BadParameter"]);
});

test.each([
  ["GET", "backup/0123/pending", 404, "JobNotFound"],
  ["GET", "nothing/here", 404, "NotFound"],
  ["DELETE", "backup", 405, "MethodNotAllowed"],
  ["GET", "backup/%zz/pending", 400, "BadParameter"],
])("%s %s is answered %i", async (method, path, status, code) => {
  const refused = await call(world().contoso, method, path);
  expect([refused.status, errorCode(refused)]).toEqual([status, code]);
});

test("an HSM that doesn't exist is reported, and a name may be written in capitals", async () => {
  const refused = await call(`${world().emulator.url}/unknown`, "GET", "keys");
  expect([refused.status, errorCode(refused)]).toEqual([404, "HsmNotFound"]);
  expect((await call(`${world().emulator.url}/CONTOSO`, "GET", "keys")).status).toBe(200);
});

test("the double slash of the reference's sample is taken", async () => {
  const body = { storageResourceUri: place().storageResourceUri, token: place().token };
  await follow(world().contoso, await call(`${world().contoso}/`, "POST", "backup", { body }), "backup");
  const { calls } = (await control(world().contoso, "GET", "state")).body;
  expect(asList(calls).some(({ path, status }) => path === "/contoso//backup" && status === 202)).toBe(true);
});
