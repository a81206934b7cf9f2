import { appendFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { COMPILE_CACHE } from "../../../local/compile-cache.ts";
import { readOptions } from "../../../local/managed-hsm-emulator/options.ts";
import { startEmulator } from "../../../local/managed-hsm-emulator/server.ts";
import { firstLineOf, startChild } from "../../child-process.ts";
import { TENANT } from "../../token-credential.ts";
import { until } from "../../until.ts";
import { asList, asObject, call, control } from "./hsm-client.ts";
import { type Ground, makeGround, startTestEmulator } from "./world.ts";

const MAIN = join(import.meta.dirname, "../../../local/managed-hsm-emulator/main.ts");

let ground: Ground;

beforeAll(async () => {
  ground = await makeGround();
});

afterAll(() => ground.certificate.remove());

const run = (change: Readonly<Record<string, string>> = {}) =>
  startChild([MAIN, ...argumentsFor(change)], { env: { ...process.env, ...COMPILE_CACHE } });

function argumentsFor(change: Readonly<Record<string, string>>): readonly string[] {
  const { certificateFile, privateKeyFile } = ground.certificate;
  const flags = {
    port: "0",
    certificate: certificateFile,
    "private-key": privateKeyFile,
    hsms: "contoso,fabrikam",
    tenant: TENANT,
  };
  return Object.entries({ ...flags, ...change }).map(([name, value]) => `--${name}=${value}`);
}

test.each(["SIGTERM", "SIGINT"] as const)(
  "the program prints its address in one line, serves, and exits with 0 on %s",
  async (signal) => {
    const program = run({ "upload-seconds": "0.5" });
    const { url, hsms } = asObject(JSON.parse(await firstLineOf(program)));
    expect(url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    expect((await call(`${url}/fabrikam`, "GET", "keys")).status).toBe(200);
    expect((await call(String(asObject(hsms).fabrikam), "GET", "keys")).status).toBe(200);
    program.process.kill(signal);
    expect(await program.exited).toBe(0);
    expect(program.process.signalCode).toBeNull();
  },
);

test("jobs outlive a SIGKILL in the journal: one that has ended as it ended, one that ran as failed", async () => {
  const folder = await mkdtemp(join(tmpdir(), "journal-"));
  const journal = join(folder, "jobs.jsonl");
  const jobsAt = async (url: string) => asList((await control(`${url}/contoso`, "GET", "state")).body.jobs);
  const startJob = async (url: string, seconds: number) =>
    (await control(`${url}/contoso`, "POST", "jobs", { seconds })).body.jobId;

  const first = run({ journal });
  const { url } = asObject(JSON.parse(await firstLineOf(first)));
  const ended = await startJob(String(url), 0);
  await until("the end of the first job", async () => (await jobsAt(String(url)))[0]?.endedAt);
  const running = await startJob(String(url), 3_600);
  await first.kill("SIGKILL");
  await appendFile(journal, '{"hsm":"contoso","id":"cut o');

  for (const _ of ["started again", "and again"]) {
    const again = run({ journal });
    const jobs = await jobsAt(String(asObject(JSON.parse(await firstLineOf(again))).url));
    expect(jobs).toMatchObject([
      { id: ended, status: "Succeeded", error: null },
      { id: running, status: "Failed", error: { code: "InternalServerError" } },
    ]);
    expect(jobs[1]?.endedAt).toBeTypeOf("string");
    await again.kill("SIGKILL");
  }
  await rm(folder, { recursive: true });
});

test("with a wrong option the program ends with 1 and one line", async () => {
  const program = run({ port: "70000" });
  expect(await program.exited).toBe(1);
  expect(program.stdout).toEqual([]);
  expect(program.stderr).toEqual([expect.stringContaining("--port")]);
});

test.each([
  [{ hsms: "" }, "--hsms is missing"],
  [{ port: "70000" }, "--port"],
  [{ certificate: "/nowhere/at-all.pem" }, "/nowhere/at-all.pem"],
  [{ "hsm-ports": "1,x" }, "--hsm-ports"],
  [{ "upload-seconds": "-1" }, "--upload-seconds"],
  [{ color: "red" }, "color"],
])("the options %j are refused in one sentence", async (change, part) => {
  await expect(readOptions(argumentsFor(change))).rejects.toThrow(part);
});

test.each([
  [[], "At least one HSM"],
  [["1bad"], "1bad"],
  [["contoso", "Contoso"], "twice"],
  [["_control"], "_control"],
])("an emulator of the HSMs %j does not start", async (hsms, part) => {
  await expect(startTestEmulator(ground, { hsms })).rejects.toThrow(part);
});

test("a port in use is reported", async () => {
  const first = await startTestEmulator(ground);
  try {
    const program = run({ port: new URL(first.url).port });
    await program.exited;
    expect(program.stderr.join("\n")).toContain("EADDRINUSE");
  } finally {
    await first.close();
  }
});

test("an invalid certificate is refused", async () => {
  const options = { port: 0, certificate: "none", privateKey: "none", hsms: ["contoso"], tenantId: TENANT };
  await expect(startEmulator(options)).rejects.toThrow();
});

test("closing ends running jobs and held calls", async () => {
  const emulator = await startTestEmulator(ground, { uploadSeconds: 3_600 });
  const base = `${emulator.url}/contoso`;
  await fetch(`${emulator.url}/_control/contoso/jobs`, { method: "POST", body: '{"seconds":3600}' });
  await fetch(`${emulator.url}/_control/contoso/faults`, {
    method: "POST",
    body: '[{"operation":"listKeys","fault":"hold"}]',
  });
  const held = call(base, "GET", "keys").catch(() => "gone");
  await until(
    "the held call",
    async () => asList((await control(base, "GET", "state")).body.calls)[0]?.outcome === "held",
  );
  await emulator.close();
  expect(await held).toBe("gone");
});
