import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { type HostAzurite, startHostAzurite } from "../../azurite.ts";
import { listen } from "../../listen.ts";
import { until } from "../../until.ts";
import { type AppFolder, bundleApp, writeApp } from "./app-folder.ts";
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

type Failure = {
  readonly app: string;
  readonly storage?: string;
  readonly flags?: readonly string[];
  readonly env?: Record<string, string>;
};

/** What a host says that doesn't start. It ends with code 1, and never says that it is ready. */
async function refusal({ app, storage = azurite.connectionString, flags = [], env = {} }: Failure): Promise<string> {
  const host = spawnHost({ app, storage, flags, env });
  expect(await host.exited).toBe(1);
  expect(host.stdout).toEqual([]);
  return host.stderr.join("\n");
}

const gateOf = (name: string): string => join(slow.path, `${name}.gate`);

test("an app that throws while it loads ends the host with the app's own message and nothing else", async () => {
  const app = await folder({
    "main.js": 'throw new Error("BACKUP_HSM_URLS: missing\\nBACKUP_STORAGE_URL: not https");',
  });
  expect(await refusal({ app: app.path })).toBe("BACKUP_HSM_URLS: missing\nBACKUP_STORAGE_URL: not https");
});

test("what keeps a host from starting is said in one sentence", async () => {
  const empty = await folder({ "main.js": "" });
  expect(await refusal({ app: empty.path })).toMatch(/^The app registered no function/);
  const nothing = await folder({});
  expect(await refusal({ app: nothing.path })).toMatch(/^No file of the app matches "main.js"/);
  expect(await refusal({ app: join(slow.path, "nowhere") })).toMatch(/^There is no readable .*package\.json/);
  expect(await refusal({ app: slow.path, flags: ["--pot", "1"] })).toContain("usage: main.ts --app DIR --port N");
  expect(await refusal({ app: slow.path, flags: ["--timer-lock-seconds", "5"] })).toContain("0 or from 15 to 60");
});

test("a binding that isn't imitated is refused by name", async () => {
  const app = await bundleApp("unknown-trigger");
  onTestFinished(() => app.remove());
  expect(await refusal({ app: app.path })).toBe(
    'Function other has a binding of type "blobtrigger", which this local host doesn\'t imitate.',
  );
});

test("a port in use ends the host", async () => {
  const other = createServer();
  const port = await listen(other);
  onTestFinished(() => {
    other.close();
  });
  expect(await refusal({ app: slow.path, flags: ["--port", `${port}`] })).toBe(
    `Port ${port} is in use: choose another with --port.`,
  );
});

test("a storage that can't be reached, is missing or can't be read ends the host without showing a key", async () => {
  const key = azurite.connectionString.split(";").find((part) => part.startsWith("AccountKey=")) ?? "";
  const closed = azurite.connectionString.replace(/127\.0\.0\.1:\d+/g, "127.0.0.1:1");
  const unreachable = await refusal({ app: slow.path, storage: closed });
  expect(unreachable).toMatch(
    /^The storage of AzureWebJobsStorage \(http:\/\/127\.0\.0\.1:1\) can't be used: .*ECONNREFUSED/,
  );

  expect(await refusal({ app: slow.path, storage: "" })).toMatch(/^The setting AzureWebJobsStorage is missing/);
  const identity = { AzureWebJobsStorage__blobServiceUri: "https://x.blob.core.windows.net" };
  expect(await refusal({ app: slow.path, storage: "", env: identity })).toMatch(/takes only a connection string/);
  const broken = await refusal({ app: slow.path, storage: `nonsense;${key}` });
  expect(broken).toBe("The setting AzureWebJobsStorage is not a storage connection string.");
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

test("the app's JSON lines come out as they were logged, others with level and invocation, debug ones not at all", async () => {
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

test("with --json-logs every line is a JSON object", async () => {
  const gate = gateOf(uniqueName());
  await writeFile(gate, "");
  const host = await startHost({
    app: slow.path,
    storage: azurite.connectionString,
    env: { TEST_GATE: gate },
    flags: ["--json-logs"],
  });
  await fetch(`${host.url}/api/slow`);
  const line = await host.event({ message: "a plain text" });
  expect(line).toMatchObject({
    level: "information",
    category: "Function.slow.User",
    invocationId: expect.any(String),
  });
});

test("SIGTERM lets what runs finish: the answer arrives, nothing new is taken, exit 0", async () => {
  const gate = gateOf(uniqueName());
  const host = await startHost({ app: slow.path, storage: azurite.connectionString, env: { TEST_GATE: gate } });
  const answer = fetch(`${host.url}/api/slow`).then((response) => response.text());
  await host.event({ event: "began" });

  host.process.kill("SIGTERM");
  // An unknown address is answered at once, so that the probe itself can't be taken for work.
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

test("an invocation over functionTimeout takes the whole process with it", async () => {
  await slow.configure({ functionTimeout: "00:00:01" });
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
