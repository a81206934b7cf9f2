import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { managedHsm } from "../../../azure/managed-hsm/managed-hsm.ts";
import { secret } from "../../../backup/model/secret.ts";
import { errorOfCall } from "../../contract/failed-call.ts";
import { control } from "../../local/managed-hsm-emulator/hsm-client.ts";
import { type Ground, makeGround, startTestEmulator } from "../../local/managed-hsm-emulator/world.ts";
import { credentialFor, HSM_RESOURCE } from "../../token-credential.ts";
import { TARGET } from "../secrets.ts";
import { PATIENT } from "./patient-client.ts";

let ground: Ground;
let emulator: Awaited<ReturnType<typeof startTestEmulator>>;
beforeAll(async () => {
  ground = await makeGround();
  emulator = await startTestEmulator(ground);
});
afterEach(async () => {
  for (const what of ["faults", "jobs"]) await control(hsm().url, "DELETE", what);
});
afterAll(async () => {
  await emulator?.close();
  await ground?.certificate.remove();
});

const hsm = () => ({ name: "contoso", url: `${emulator.url}/contoso` });
const client = managedHsm({ ...PATIENT, identity: credentialFor(HSM_RESOURCE) });

async function script(operation: string, fault: object): Promise<void> {
  expect((await control(hsm().url, "POST", "faults", [{ operation, ...fault }])).status).toBe(204);
}

/** The report of another tool's job, which takes this long. */
async function look(seconds: number) {
  const { jobId } = (await control(hsm().url, "POST", "jobs", { seconds })).body;
  return client.getBackupStatus(hsm(), String(jobId));
}

describe("what services were seen to answer", () => {
  test.each(["byteOrderMark", "nullError"])("%s does not hide the state of a job", async (fault) => {
    await script("backupStatus", { fault });
    expect(await look(3_600)).toMatchObject({ status: "running" });
  });

  test.each([
    ["capitalized", "Forbidden"],
    ["text", "noErrorCode"],
  ])("an error of the shape %s keeps its words", async (shape, code) => {
    await script("backup", { fault: "status", status: 403, code: "Forbidden", message: "Not you.", shape });
    const { failure } = await errorOfCall(client.startFullBackup(hsm(), TARGET));
    expect(failure).toMatchObject({ reason: "denied", status: 403, code, said: "Not you." });
  });

  test("an error behind a byte order mark keeps its words", async () => {
    await script("backup", { fault: "byteOrderMark" });
    const { failure } = await errorOfCall(client.startFullBackup(hsm(), { ...TARGET, sas: secret("bad_token") }));
    expect(failure).toMatchObject({ reason: "sasRefused", status: 400, code: "BadRequest" });
    expect(failure.said).toMatch(/^The customer provided SAS token is malformed\./);
  });

  test("a 401 without a body is denied, and says what to check", async () => {
    await script("backupStatus", { fault: "status", status: 401 });
    const { failure } = await errorOfCall(look(3_600));
    expect(failure).toMatchObject({ reason: "denied", status: 401, said: "the answer is empty" });
    expect(failure.remedy).toContain("AZURE_CLIENT_ID");
  });
});
