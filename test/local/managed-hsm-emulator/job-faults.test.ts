import { expect, test } from "vitest";
import { until } from "../../until.ts";
import { backUp, control, follow } from "./hsm-client.ts";
import { useScriptedWorld } from "./scripted-world.ts";
import { listBlobs } from "./world.ts";

const world = useScriptedWorld();

test("a slow job takes the seconds that were scripted", async () => {
  const { contoso, script, start } = world();
  await script({ operation: "backup", fault: "slow", seconds: 0.2 });
  const before = performance.now();
  expect(await follow(contoso, await start(), "backup")).toMatchObject({ status: "Succeeded" });
  expect(performance.now() - before).toBeGreaterThan(190);
});

test("a job fails at a share of its way, and leaves what it wrote in the folder with the dot", async () => {
  const { contoso, place, script, start, lastJob } = world();
  await script({ operation: "backup", fault: "failAt", share: 0.5 });
  const failed = await follow(contoso, await start(), "backup");
  expect(failed).toMatchObject({ status: "Failed", error: { code: "InternalServerError" } });
  expect(String(failed.azureStorageBlobContainerUri)).toContain("/.mhsm-contoso-");
  expect((await listBlobs(place.container)).length).toBe((await lastJob()).blobCount);
});

test("a lost job is answered 404 from then on, though it goes on", async () => {
  const { script, start, look, lastJob } = world();
  const started = await start();
  expect((await look(started.body.jobId)).status).toBe(200);
  await script({ operation: "backupStatus", fault: "loseJob" });
  for (let i = 0; i < 3; i += 1) expect((await look(started.body.jobId)).status).toBe(404);
  await until("the end of the lost job", async () => (await lastJob()).status === "Succeeded");
});

test("an empty folder is named by a job that succeeded and wrote nothing", async () => {
  const { contoso, place, script, start } = world();
  await script({ operation: "backup", fault: "emptyFolder" });
  const ended = await follow(contoso, await start(), "backup");
  expect(ended.status).toBe("Succeeded");
  expect(String(ended.azureStorageBlobContainerUri)).toContain("/mhsm-contoso-");
  expect(await listBlobs(place.container)).toEqual([]);
});

test("a look hides or changes the folder and the status once, a start for good", async () => {
  const { contoso, place, script, start, look } = world();
  const folderUrl = "https://elsewhere.blob.core.windows.net/box/mhsm-x";
  const ended = await backUp(contoso, place.storageResourceUri, place.token);
  const { jobId } = ended;
  await script({ operation: "backupStatus", fault: "noFolder" });
  expect((await look(jobId)).body.azureStorageBlobContainerUri).toBeNull();
  await script({ operation: "backupStatus", fault: "jobStatus", status: "Resting" });
  expect((await look(jobId)).body.status).toBe("Resting");
  expect((await look(jobId)).body).toEqual(ended);
  await script(
    { operation: "backup", fault: "foreignFolder", folderUrl },
    { operation: "backup", fault: "jobStatus", status: "Canceled" },
  );
  const second = await start();
  for (let i = 0; i < 2; i += 1) {
    expect((await look(second.body.jobId)).body).toMatchObject({
      azureStorageBlobContainerUri: folderUrl,
      status: "Canceled",
    });
  }
});

test("a job that never ends keeps the HSM busy until it is ended by the control address", async () => {
  const { contoso, script, start, look, lastJob } = world();
  await script({ operation: "backup", fault: "neverEnds" });
  const started = await start();
  await until("all blobs of the job", async () => Number((await lastJob()).blobCount) > 2);
  expect((await start()).status).toBe(409);
  await control(contoso, "DELETE", "jobs");
  expect((await look(started.body.jobId)).body).toMatchObject({ status: "Canceled", error: { code: "Canceled" } });
  expect((await start()).status).toBe(202);
});

test("an error can be an object of nulls, at one look or for good", async () => {
  const { script, start, look } = world();
  const error = { code: null, message: null, innererror: null };
  const first = await start();
  await script({ operation: "backupStatus", fault: "nullError" });
  expect((await look(first.body.jobId)).body.error).toEqual(error);
  const ended = await until("the end of the job", async () => {
    const { body } = await look(first.body.jobId);
    return body.status === "InProgress" ? undefined : body;
  });
  expect(ended.error).toBeNull();
  await script({ operation: "backup", fault: "nullError" });
  const second = await start();
  expect(second.body.error).toEqual(error);
  expect((await look(second.body.jobId)).body.error).toEqual(error);
});

test("a look can be refused once its job has failed, in the words of the job's error", async () => {
  const { script, start, look } = world();
  await script({ operation: "backup", fault: "refusedLook" }, { operation: "backup", fault: "failAt", share: 0.5 });
  const { jobId } = (await start()).body;
  const refused = await until("the refusal", async () => {
    const answer = await look(jobId);
    return answer.status === 200 ? undefined : answer;
  });
  expect(refused.status).toBe(400);
  const message = "The job failed at 0.5 of its way (scripted).";
  expect(refused.body).toEqual({ error: { code: "BadRequest", message, innererror: null } });
});

test("a refused call leaves the faults for the job to the next one", async () => {
  const { contoso, script, start } = world();
  await script(
    { operation: "backup", fault: "status", status: 503 },
    { operation: "backup", fault: "failAt", share: 0 },
  );
  expect((await start()).status).toBe(503);
  expect(await follow(contoso, await start(), "backup")).toMatchObject({ status: "Failed" });
});
