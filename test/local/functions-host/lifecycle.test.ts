import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { drain } from "../../../local/functions-host/drain.ts";
import { type HostAzurite, startHostAzurite } from "../../azurite.ts";
import { listen } from "../../listen.ts";
import { until } from "../../until.ts";
import { type AppFolder, bundleApp, writeApp } from "./app-folder.ts";
import { createManualClock } from "./manual-clock.ts";
import { spawnHost, startHost, uniqueName } from "./running-host.ts";

let azurite: HostAzurite;
let slow: AppFolder;

beforeAll(async () => {
  [azurite, slow] = await Promise.all([startHostAzurite(), bundleApp("slow")]);
});
afterAll(async () => {
  await Promise.all([azurite.stop(), slow.remove()]);
});

async function folder(files: Readonly<Record<string, string>>, packageJson?: Readonly<Record<string, unknown>>) {
  const app = await writeApp(files, packageJson);
  onTestFinished(() => app.remove());
  return app;
}

const gateOf = (name: string): string => join(slow.path, `${name}.gate`);

test("an app that throws while it loads leaves a host that runs without functions, and says why on one line", async () => {
  const app = await folder({ "main.js": 'throw new Error("one reason\\nand another");' });
  const host = await startHost({ app: app.path, storage: azurite.connectionString });
  expect(host.functions).toEqual([]);
  expect((await fetch(`${host.url}/api/health`)).status).toBe(404);
  await until("the reason", () => host.stderr.length > 0);
  expect(host.stderr).toEqual(['error host Worker was unable to load entry point "main.js": one reason\\nand another']);
});

test("a port in use ends the host", async () => {
  const other = createServer();
  const port = await listen(other);
  onTestFinished(() => {
    other.close();
  });
  const host = spawnHost({ app: slow.path, storage: azurite.connectionString, flags: ["--port", `${port}`] });
  expect(await host.exited).toBe(1);
  expect(host.stdout).toEqual([]);
  expect(host.stderr).toEqual([`Port ${port} is in use: choose another with --port.`]);
});

test.each([
  ["a CommonJS app behind a glob", { type: "commonjs", main: "src-*.js" }, "require"],
  ["an ES module without a type", { main: "./src-one.mjs" }, "import"],
])("%s is loaded", async (_name, packageJson, kind) => {
  const register = `
    core.setProgrammingModel({ getInvocationModel() {}, async getCapabilities(c) { return c; } });
    core.registerFunction({ name: "fromCore", bindings: { t: { type: "httpTrigger", direction: "in" } } }, () => {});`;
  const app = await folder(
    kind === "require"
      ? { "src-one.js": `const core = require("@azure/functions-core"); ${register}` }
      : {
          "src-one.mjs": `import { createRequire } from "node:module";
          const core = createRequire(import.meta.url)("@azure/functions-core"); ${register}`,
        },
    packageJson,
  );
  const host = await startHost({ app: app.path, storage: azurite.connectionString });
  expect(host.functions).toEqual(["fromCore"]);
});

test("a JSON line of the app is written as it is, another line with level and invocation id, a debug line not at all", async () => {
  const gate = gateOf(uniqueName());
  await writeFile(gate, "");
  const host = await startHost({ app: slow.path, storage: azurite.connectionString, env: { TEST_GATE: gate } });
  await fetch(`${host.url}/api/slow`);
  await until("the lines", () => host.stderr.length >= 3);
  expect(host.stderr[0]).toBe('{"event":"hooked"}');
  expect(host.stderr[1]).toBe('{"event":"began"}');
  expect(host.stderr[2]).toMatch(/^information [0-9a-f-]{36} a plain text$/);
  expect(host.stdout).toHaveLength(1);
  expect(host.stdout[0]).toBe(`{"url":"${host.url}","functions":["slow"]}`);
});

test("SIGTERM lets the running invocation finish: its answer arrives, new requests are refused, the exit code is 0", async () => {
  const gate = gateOf(uniqueName());
  const host = await startHost({ app: slow.path, storage: azurite.connectionString, env: { TEST_GATE: gate } });
  const answer = fetch(`${host.url}/api/slow`).then((response) => response.text());
  await host.event({ event: "began" });

  host.process.kill("SIGTERM");
  // An unknown address is answered at once: the probe itself is no invocation.
  await until("new requests to be refused", () =>
    fetch(host.url).then(
      (response) => response.status === 503,
      () => true,
    ),
  );
  expect(host.process.exitCode).toBeNull();
  await writeFile(gate, "");
  expect(await answer).toBe("finished");
  expect(await host.exited).toBe(0);
  expect(host.events().at(-1)).toEqual({ event: "terminating" });
});

test("draining ends when the host has stopped, after ten seconds at most", async () => {
  expect(await drain(Promise.resolve(), createManualClock())).toBe(true);
  const clock = createManualClock();
  const drained = drain(new Promise(() => undefined), clock);
  expect(await clock.nextPause()).toBe(10_000);
  clock.advance(10_000);
  expect(await drained).toBe(false);
});

test("an invocation over functionTimeout ends the process", async () => {
  await slow.configure({ functionTimeout: "00:00:00.1" });
  const host = await startHost({
    app: slow.path,
    storage: azurite.connectionString,
    env: { TEST_GATE: gateOf("never") },
  });
  await slow.configure({});
  await expect(fetch(`${host.url}/api/slow`)).rejects.toThrow();
  expect(await host.exited).toBe(1);
  expect(host.stderr.at(-1)).toMatch(/^Function slow ran over functionTimeout \(invocation [0-9a-f-]{36}\)\.$/);
});
