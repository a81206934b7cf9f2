import { expect, test } from "vitest";
import { HSM_RESOURCE, tokenFor } from "../../token-credential.ts";
import { asObject, control, errorCode } from "./hsm-client.ts";
import { useScriptedWorld } from "./scripted-world.ts";

const world = useScriptedWorld();

test("a slow look is answered later", async () => {
  const { script, look } = world();
  await script({ operation: "backupStatus", fault: "slow", seconds: 0.3 });
  const before = performance.now();
  expect((await look("none")).status).toBe(404);
  expect(performance.now() - before).toBeGreaterThan(290);
});

test("a dropped answer: the job was started, the caller hears nothing", async () => {
  const { script, start, lastCall, lastJob } = world();
  await script({ operation: "backup", fault: "dropAnswer" });
  await expect(start()).rejects.toThrow();
  expect(await lastCall()).toMatchObject({ operation: "backup", outcome: "dropped", status: 202, fault: "dropAnswer" });
  expect((await lastJob()).id).toBe((await lastCall()).jobId);
});

test("a held answer: the job was started, the caller hears of it when it is released", async () => {
  const { contoso, script, start, lastCall, lastJob, untilOutcome } = world();
  await script({ operation: "backup", fault: "holdAnswer" });
  const answer = start();
  await untilOutcome("answerHeld");
  const { id } = await lastJob();
  expect((await control(contoso, "POST", "release")).body).toEqual({ released: 1 });
  expect((await answer).body.jobId).toBe(id);
  expect((await lastCall()).outcome).toBe("answered");
});

test("a held call does nothing before it is released", async () => {
  const { contoso, script, start, countJobs, untilOutcome } = world();
  const jobsBefore = await countJobs();
  await script({ operation: "backup", fault: "hold" });
  const answer = start();
  await untilOutcome("held");
  expect(await countJobs()).toBe(jobsBefore);
  await control(contoso, "POST", "release");
  expect((await answer).status).toBe(202);
});

test("a held call whose caller goes away does nothing at all", async () => {
  const { contoso, script, start, countJobs, untilOutcome } = world();
  const jobsBefore = await countJobs();
  await script({ operation: "backup", fault: "hold" });
  const caller = new AbortController();
  const answer = start({ signal: caller.signal }).catch(() => "gone");
  await untilOutcome("held");
  caller.abort();
  expect(await answer).toBe("gone");
  await untilOutcome("closed");
  await control(contoso, "POST", "release");
  expect(await countJobs()).toBe(jobsBefore);
});

test("a call that hangs is never answered, released or not", async () => {
  const { contoso, script, look, untilOutcome } = world();
  await script({ operation: "backupStatus", fault: "hang" });
  const caller = new AbortController();
  const answer = look("x", { signal: caller.signal }).catch(() => "gone");
  await untilOutcome("hanging");
  expect((await control(contoso, "POST", "release")).body).toEqual({ released: 0 });
  caller.abort();
  expect(await answer).toBe("gone");
});

test.each([
  [500, "InternalServerError"],
  [503, "ServiceUnavailable"],
  [401, undefined],
  [403, "Forbidden"],
  [400, "BadParameter"],
  [404, "NotFound"],
  [409, "Conflict"],
])("a scripted status %i comes with the service's code, if it has one, and starts nothing", async (status, code) => {
  const { script, start, countJobs } = world();
  const jobsBefore = await countJobs();
  await script({ operation: "backup", fault: "status", status });
  const refused = await start();
  expect([refused.status, errorCode(refused)]).toEqual([status, code]);
  expect(refused.headers.has("www-authenticate")).toBe(status === 401);
  expect(await countJobs()).toBe(jobsBefore);
});

test("a scripted status has the code, message and Retry-After that were given", async () => {
  const { script, start } = world();
  const retryAfter = "Mon, 23 Nov 2026 20:00:00 GMT";
  await script(
    { operation: "backup", fault: "status", status: 429, code: "Throttled", message: "slower", retryAfter: 7 },
    { operation: "backup", fault: "status", status: 503, retryAfter },
  );
  const first = await start();
  expect(first.headers.get("retry-after")).toBe("7");
  expect(first.body).toEqual({ error: { code: "Throttled", message: "slower" } });
  expect((await start()).headers.get("retry-after")).toBe(retryAfter);
});

test("a fault applies as often as the script says, in its order, and then no longer", async () => {
  const { script, look } = world();
  await script(
    { operation: "backupStatus", fault: "status", status: 503, times: 2 },
    { operation: "any", fault: "status", status: 500 },
  );
  const statuses: number[] = [];
  for (let i = 0; i < 4; i += 1) statuses.push((await look("none")).status);
  expect(statuses).toEqual([503, 503, 500, 404]);
});

test("an answer that is no JSON can be scripted", async () => {
  const { script, look, lastCall } = world();
  await script({
    operation: "backupStatus",
    fault: "answer",
    status: 502,
    body: "<html>",
    headers: { "content-type": "text/html" },
  });
  await expect(look("x")).rejects.toThrow(SyntaxError);
  expect(await lastCall()).toMatchObject({ outcome: "answered", status: 502, fault: "answer" });
});

test.each([
  ["capitalized", { Error: { Code: "Throttled", Message: "slower" } }],
  ["text", { error: "slower" }],
])("an error can have the shape %s", async (shape, body) => {
  const { script, start } = world();
  await script({ operation: "backup", fault: "status", status: 429, code: "Throttled", message: "slower", shape });
  expect((await start()).body).toEqual(body);
});

test("an answer can begin with a byte order mark, and is JSON after it", async () => {
  const { contoso, script } = world();
  await script({ operation: "listKeys", fault: "byteOrderMark" });
  const authorization = `Bearer ${tokenFor(HSM_RESOURCE)}`;
  const answer = await fetch(`${contoso}/keys?api-version=7.4`, { headers: { authorization } });
  const bytes = Buffer.from(await answer.arrayBuffer());
  expect(bytes.subarray(0, 3)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]));
  expect(JSON.parse(bytes.subarray(3).toString())).toEqual({ value: expect.any(Array), nextLink: null });
});

test("an arbitrary answer is sent as it was scripted", async () => {
  const { script, look } = world();
  await script({ operation: "backupStatus", fault: "answer", status: 200, body: ["odd"], headers: { "x-odd": "1" } });
  const response = await look("x");
  expect(response.status).toBe(200);
  expect(response.headers.get("x-odd")).toBe("1");
});

test("an error can come inside an answer with status 200", async () => {
  const { script, look } = world();
  await script({ operation: "backupStatus", fault: "errorInside200" });
  const answer = await look("x");
  expect(answer.status).toBe(200);
  expect(asObject(asObject(answer.body.error).innererror).code).toBe("StorageError");
});
