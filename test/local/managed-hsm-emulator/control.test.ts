import { expect, test } from "vitest";
import { HSM_RESOURCE, tokenFor } from "../../token-credential.ts";
import { until } from "../../until.ts";
import { useEmulatorWorld } from "./emulator-world.ts";
import { asList, asObject, call, control, errorCode } from "./hsm-client.ts";

const world = useEmulatorWorld();

test("every call is noted in order, without token or body", async () => {
  const { contoso, fabrikam } = world();
  const token = tokenFor(HSM_RESOURCE);
  await call(contoso, "GET", "backup/x/pending", { authorization: null });
  await call(contoso, "POST", "backup", {
    authorization: `Bearer ${token}`,
    body: { storageResourceUri: "no", token: "sv=1&sig=secret" },
  });
  const { body } = await control(contoso, "GET", "state");
  expect(asList(body.calls).slice(-2)).toMatchObject([
    {
      method: "GET",
      path: "/contoso/backup/x/pending",
      apiVersion: "7.4",
      outcome: "answered",
      status: 401,
      operation: null,
    },
    {
      method: "POST",
      path: "/contoso/backup",
      apiVersion: "7.4",
      outcome: "answered",
      status: 400,
      operation: "backup",
    },
  ]);
  expect(JSON.stringify(body)).not.toContain("secret");
  expect(JSON.stringify(body)).not.toContain(token);
  expect((await control(fabrikam, "GET", "state")).body.calls).toEqual([]);
});

test("the job of another tool makes one HSM busy until it ends", async () => {
  const { contoso, fabrikam } = world();
  const started = await control(contoso, "POST", "jobs", { kind: "restore", seconds: 3_600 });
  expect(started.status).toBe(201);
  const refused = await call(contoso, "POST", "backup", { body: {} });
  expect(refused.body.error).toEqual({ code: "Conflict", message: "Another restore operation is in progress." });
  expect((await call(fabrikam, "POST", "backup", { body: {} })).status).toBe(400);
  expect((await control(contoso, "POST", "jobs", { seconds: 1 })).status).toBe(409);
  await control(contoso, "DELETE", "jobs");
  expect((await call(contoso, "POST", "backup", { body: {} })).status).toBe(400);
});

test("the job of another tool ends by itself after its seconds", async () => {
  const { contoso } = world();
  const { jobId } = (await control(contoso, "POST", "jobs", { kind: "restore", seconds: 0 })).body;
  const ended = await until("the end of the job", async () => {
    const { body } = await call(contoso, "GET", `restore/${jobId}/pending`);
    return body.status === "InProgress" ? undefined : body;
  });
  expect(ended.status).toBe("Succeeded");
});

test.each([
  [{}, "list"],
  [[1], "faults[0]"],
  [[{ operation: "backup" }], "faults[0].fault"],
  [[{ operation: "backup", fault: "explode" }], "faults[0].fault"],
  [[{ operation: "backup", fault: "constructor" }], "faults[0].fault"],
  [[{ fault: "hang" }], "faults[0].operation"],
  [[{ operation: "sleep", fault: "hang" }], "faults[0].operation"],
  [[{ operation: "getKey", fault: "failAt", share: 0.5 }], "faults[0].operation"],
  [
    [
      { operation: "backup", fault: "hang" },
      { operation: "backup", fault: "slow" },
    ],
    "faults[1].seconds",
  ],
  [[{ operation: "backup", fault: "failAt", share: 2 }], "faults[0].share"],
  [[{ operation: "backup", fault: "hang", times: 0 }], "faults[0].times"],
  [[{ operation: "backup", fault: "hang", often: 1 }], "faults[0].often"],
  [[{ operation: "backup", fault: "status", status: 7 }], "faults[0].status"],
  [[{ operation: "backup", fault: "answer", status: 200, headers: { a: 1 } }], "faults[0].headers.a"],
  [[{ operation: "backup", fault: "answer", status: 200, headers: { "a b": "1" } }], "faults[0].headers.a b"],
  [[{ operation: "backup", fault: "slow", seconds: 1e9 }], "faults[0].seconds"],
  [[{ operation: "backup", fault: "status", status: 400, shape: "round" }], "faults[0].shape"],
])("the script %j is refused, naming what is wrong, and nothing of it is kept", async (body, part) => {
  const { contoso } = world();
  const refused = await control(contoso, "POST", "faults", body);
  expect([refused.status, errorCode(refused)]).toEqual([400, "BadParameter"]);
  expect(asObject(refused.body.error).message).toEqual(expect.stringContaining(part));
  expect((await control(contoso, "GET", "state")).body.faults).toEqual([]);
});

test.each([
  [{}, "seconds"],
  [{ seconds: "1" }, "seconds"],
  [{ seconds: 1, kind: "walk" }, "kind"],
])("another tool's job %j is refused, naming the field", async (body, part) => {
  const { contoso } = world();
  const refused = await control(contoso, "POST", "jobs", body);
  expect(refused.status).toBe(400);
  expect(asObject(refused.body.error).message).toEqual(expect.stringContaining(part));
});

test("what the control address doesn't have is refused", async () => {
  const { contoso, emulator } = world();
  expect((await control(`${emulator.url}/unknown`, "GET", "state")).status).toBe(404);
  expect((await control(contoso, "GET", "nothing")).status).toBe(404);
  expect((await control(contoso, "GET", "constructor")).status).toBe(404);
  expect((await control(contoso, "PUT", "state")).status).toBe(405);
});
