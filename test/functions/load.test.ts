import { app, HttpRequest, InvocationContext } from "@azure/functions";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { INTERVALS } from "../../backup/model/intervals.ts";
import { ROUTES } from "../../functions/http/routes.ts";
import { load } from "../../functions/load.ts";

const USABLE = {
  BACKUP_HSM_URLS: "https://contoso.managedhsm.azure.net",
  BACKUP_STORAGE_URL: "https://backups.blob.core.windows.net",
  AzureWebJobsStorage__accountName: "hoststorage",
};

/** The names of the functions that loading registers with the real app. */
function registered(env: Readonly<Record<string, string>>): readonly string[] {
  const names: string[] = [];
  for (const trigger of ["timer", "http", "storageQueue"] as const)
    vi.spyOn(app, trigger).mockImplementation((name: string) => void names.push(name));
  load(env, INTERVALS);
  return names.toSorted();
}

/** What the health that was registered last answers. */
async function answerOfHealth(): Promise<string> {
  const [, options] = vi.mocked(app.http).mock.calls.find(([name]) => name === "health") ?? [];
  const request = new HttpRequest({ url: "https://app.example/api/health", method: "GET" });
  return JSON.stringify(await options?.handler(request, new InvocationContext()));
}

const NAMES = Object.keys(ROUTES);
const REJECTED = [...NAMES, "scheduledBackup", "statusPage"].toSorted();

describe("loading the app never throws: a host without functions says nothing", () => {
  beforeEach(() => vi.restoreAllMocks());
  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
  });

  test("with usable settings every trigger is registered", () => {
    expect(registered(USABLE)).toEqual([...REJECTED, "followBackup", "poisonedMessage"].toSorted());
  });

  test("with one wrong HSM every trigger is still registered", () => {
    const urls = `${USABLE.BACKUP_HSM_URLS},http://fabrikam.example`;
    expect(registered({ ...USABLE, BACKUP_HSM_URLS: urls })).toContain("followBackup");
  });

  test.each<[string, Readonly<Record<string, string>>]>([
    ["no settings at all", {}],
    ["no HSM", { ...USABLE, BACKUP_HSM_URLS: "" }],
    ["no schedule", { ...USABLE, BACKUP_SCHEDULE: "nonsense" }],
    ["no host storage", { ...USABLE, AzureWebJobsStorage__accountName: "" }],
    ["a host storage that is nonsense", { ...USABLE, AzureWebJobsStorage: "nonsense" }],
    ["certificates that are not checked", { ...USABLE, NODE_TLS_REJECT_UNAUTHORIZED: "0" }],
    ["a proxy that is no URL", { ...USABLE, HTTPS_PROXY: "10.0.0.1:3128" }],
    ["a proxy without its scheme", { ...USABLE, HTTPS_PROXY: "proxy:3128" }],
    ["a proxy of another kind", { ...USABLE, ALL_PROXY: "socks5://proxy:1080" }],
  ])("with %s the routes and the timer report it, and nothing else runs", (_what, env) => {
    expect(registered(env)).toEqual(REJECTED);
  });

  test("with a variable that the Azure SDK refuses, the routes and the timer report it", async () => {
    vi.stubEnv("AZURE_AUTHORITY_HOST", "http://login.example");
    expect(registered(USABLE)).toEqual(REJECTED);
    expect(await answerOfHealth()).toMatch(/environment: the Azure SDK refuses .* must use the 'https' protocol/);
  });

  test("a proxy that is no URL is named, and its text is not shown", async () => {
    registered({ ...USABLE, AzureWebJobsStorage: "UseDevelopmentStorage=true", all_proxy: "//user:hidden@10.0.0.1" });
    const answer = await answerOfHealth();
    expect(answer).toMatch(/all_proxy: expected the URL of a proxy/);
    expect(answer).not.toMatch(/hidden|AzureWebJobsStorage/);
  });
});
