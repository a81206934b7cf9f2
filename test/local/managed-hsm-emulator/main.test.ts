import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startEmulator } from "../../../local/managed-hsm-emulator/server.ts";
import { asObject, call } from "./hsm-client.ts";
import { type Ground, makeGround, startTestEmulator, TENANT } from "./world.ts";

const MAIN = join(import.meta.dirname, "../../../local/managed-hsm-emulator/main.ts");

let ground: Ground;

beforeAll(async () => {
  ground = await makeGround();
});

afterAll(async () => {
  await ground.end();
});

function run(change: Readonly<Record<string, string>> = {}) {
  const { certificateFile, privateKeyFile } = ground.certificate;
  const flags = {
    port: "0",
    certificate: certificateFile,
    "private-key": privateKeyFile,
    hsms: "contoso,fabrikam",
    tenant: TENANT,
  };
  const given = Object.entries({ ...flags, ...change }).flatMap(([name, value]) => [`--${name}`, value]);
  return spawn(process.execPath, [MAIN, ...given], { stdio: ["ignore", "pipe", "pipe"] });
}

test.each(["SIGTERM", "SIGINT"] as const)(
  "the program tells its address in one line, serves, and ends with 0 on %s",
  async (signal) => {
    const program = run({ "upload-seconds": "0.5" });
    const ended = once(program, "exit");
    const [line] = await once(createInterface({ input: program.stdout }), "line");
    const { url } = asObject(JSON.parse(String(line)));
    expect(url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    expect((await call(`${url}/fabrikam`, "GET", "keys")).status).toBe(200);
    program.kill(signal);
    expect(await ended).toEqual([0, null]);
  },
);

test.each([
  [{ hsms: "" }, "--hsms is missing"],
  [{ hsms: "1bad" }, "1bad"],
  [{ hsms: "contoso,Contoso" }, "twice"],
  [{ hsms: "keys" }, "keys"],
  [{ port: "70000" }, "--port"],
  [{ certificate: "/nowhere/at-all.pem" }, "/nowhere/at-all.pem"],
  [{ "upload-seconds": "-1" }, "--upload-seconds"],
  [{ color: "red" }, "color"],
])("with %j the program ends with 1 and one clear line", async (change, part) => {
  const program = run(change);
  const [complaint, [code]] = await Promise.all([text(program.stderr), once(program, "exit")]);
  expect(code).toBe(1);
  expect(complaint.trim().split("\n")).toHaveLength(1);
  expect(complaint).toContain(part);
});

test("a port in use is told as such", async () => {
  const first = await startTestEmulator(ground);
  try {
    const program = run({ port: new URL(first.url).port });
    expect(await text(program.stderr)).toContain("EADDRINUSE");
  } finally {
    await first.close();
  }
});

test("a certificate that is none is refused", async () => {
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
  await emulator.close();
  expect(await held).toBe("gone");
});
