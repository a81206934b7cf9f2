import { once } from "node:events";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { get } from "node:https";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, type TestContext } from "vitest";
import { COMPILE_CACHE } from "../../local/compile-cache.ts";
import { firstLineOf, startChild } from "../child-process.ts";
import { until } from "../until.ts";
import { HELD_AZURITE, watchLeftovers } from "./leftovers.ts";

const LAUNCH = fileURLToPath(new URL("../../local/launch.mjs", import.meta.url));

/** `npm run emulators` with a temporary folder of its own. */
async function start({ onTestFinished }: TestContext, options: readonly string[], environment: NodeJS.ProcessEnv = {}) {
  const leftovers = await watchLeftovers();
  const settingsFile = join(leftovers.folder, "local.settings.json");
  const env = { ...process.env, ...COMPILE_CACHE, TMPDIR: leftovers.folder, ...environment };
  const emulators = startChild([LAUNCH, "emulators", "--settings-file", settingsFile, ...options], { env });
  const allEnded = () => until("the end of every process", async () => (await leftovers.processes()).length === 0);
  onTestFinished(async () => {
    await emulators.kill();
    await allEnded();
    await leftovers.remove();
  });
  const worldFolders = async (): Promise<readonly string[]> =>
    (await leftovers.files()).filter((name) => name !== "local.settings.json");
  return { emulators, leftovers, settingsFile, allEnded, worldFolders };
}

// Side by side: each test mostly waits for the start of its processes.
describe.concurrent("npm run emulators", () => {
  it("--json prints its settings as one line, once everything listens, and serves until it is stopped", async (context) => {
    const { emulators, settingsFile, worldFolders } = await start(context, ["--json", "--hsms", "contoso,fabrikam"]);
    const settings = parseSettings(await firstLineOf(emulators));
    expect(Object.keys(settings).sort()).toEqual([
      "AzureWebJobsStorage",
      "BACKUP_HSM_URLS",
      "BACKUP_STORAGE_URL",
      "FUNCTIONS_WORKER_RUNTIME",
      "IDENTITY_ENDPOINT",
      "IDENTITY_HEADER",
      "NODE_EXTRA_CA_CERTS",
    ]);
    expect(JSON.parse(await readFile(settingsFile, "utf8"))).toEqual({ IsEncrypted: false, Values: settings });
    await until("the text on stderr", () => emulators.stderr.includes("Ctrl-C ends it all."));

    const token = await getToken(settings);
    const ca = await readFile(settings.NODE_EXTRA_CA_CERTS ?? "", "utf8");
    const hsms = (settings.BACKUP_HSM_URLS ?? "").split(",");
    expect(hsms).toHaveLength(2);
    for (const hsm of hsms) {
      expect(await getStatus(`${hsm}/keys?api-version=7.4`, ca, undefined)).toBe(401);
      expect(await getStatus(`${hsm}/keys?api-version=7.4`, ca, token)).toBe(200);
    }

    emulators.process.kill("SIGTERM");
    expect(await emulators.exited).toBe(0);
    expect(emulators.stdout).toHaveLength(1);
    expect(await worldFolders()).toEqual([]);
  });

  it("prints the addresses and the next commands on stdout, and leaves nothing behind when it is killed", async (context) => {
    const { emulators, settingsFile, allEnded, worldFolders } = await start(context, []);
    const text = () => emulators.stdout.join("\n");
    await until("the end of its text", () => text().includes("Ctrl-C ends it all."));
    for (const words of ["/contoso", "its own port", "_control", "func start", "X-IDENTITY-HEADER", settingsFile])
      expect(text()).toContain(words);
    expect(emulators.stderr).toEqual([]);

    expect(await worldFolders()).toHaveLength(1);
    await emulators.kill("SIGKILL");
    await allEnded();
    expect(await worldFolders()).toEqual([]);
  });

  it("leaves nothing behind when Ctrl-C comes while it starts", async (context) => {
    const { emulators, leftovers, settingsFile, worldFolders } = await start(context, ["--json"], HELD_AZURITE);
    await until("the first program", async () =>
      (await leftovers.processes()).some((line) => line.includes("azurite")),
    );
    emulators.process.kill("SIGINT");
    expect(await emulators.exited).toBe(0);
    expect(await worldFolders()).toEqual([]);
    expect(existsSync(settingsFile)).toBe(false);
  });

  it("refuses an unknown option in one sentence, with exit code 2", async (context) => {
    const { emulators } = await start(context, ["--hsm", "contoso"]);
    expect(await emulators.exited).toBe(2);
    expect(emulators.stderr).toEqual(["There is no option --hsm; --help lists them."]);
  });
});

function parseSettings(line: string): Readonly<Record<string, string>> {
  const parsed: unknown = JSON.parse(line);
  return Object.fromEntries(Object.entries(parsed ?? {}).map(([name, value]) => [name, String(value)]));
}

async function getToken(settings: Readonly<Record<string, string>>): Promise<string> {
  const query = "api-version=2019-08-01&resource=https://managedhsm.azure.net";
  const headers = { "x-identity-header": settings.IDENTITY_HEADER ?? "" };
  const answer: unknown = await (await fetch(`${settings.IDENTITY_ENDPOINT}?${query}`, { headers })).json();
  return typeof answer === "object" && answer !== null && "access_token" in answer ? String(answer.access_token) : "";
}

async function getStatus(url: string, ca: string, token: string | undefined): Promise<number | undefined> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const [answer] = await once(get(url, { ca, headers, agent: false }), "response");
  answer.resume();
  return answer.statusCode;
}
