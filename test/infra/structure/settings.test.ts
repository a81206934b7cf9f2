import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { DEFAULTS } from "../../../backup/read-settings.ts";
import { fieldsAt, isFields, resourcesOf, stringsIn, TEMPLATE } from "./template.ts";

const app = fieldsAt(TEMPLATE, "resources", "app", "properties");
const settings = fieldsAt(app, "template", "variables", "settings");
const parameters = fieldsAt(TEMPLATE, "parameters");
const ownText = (file: string) => readFileSync(new URL(`../../../${file}`, import.meta.url), "utf8");

/** Settings that may be left to their default, with the reason. */
const LEFT_OUT: readonly string[] = [];

describe("the app's settings", () => {
  it("are every BACKUP_… that the code knows, and none that it doesn't", () => {
    const set = Object.keys(settings).filter((name) => name.startsWith("BACKUP_"));
    const known = Object.keys(DEFAULTS).filter((name) => !LEFT_OUT.includes(name));
    expect(set.toSorted()).toEqual(known.toSorted());
  });

  it("are named nowhere else in the template", () => {
    const named = stringsIn(TEMPLATE).flatMap((text) => text.match(/\bBACKUP_[A-Z_]+\b/g) ?? []);
    expect(named.filter((name) => !Object.hasOwn(DEFAULTS, name))).toEqual([]);
  });

  it("have the code's own defaults", () => {
    expect(fieldsAt(parameters, "schedule").defaultValue).toBe(DEFAULTS.BACKUP_SCHEDULE);
    expect(fieldsAt(parameters, "containerPrefix").defaultValue).toBe(DEFAULTS.BACKUP_CONTAINER_PREFIX);
    expect(fieldsAt(parameters, "authentication").defaultValue).toBe(DEFAULTS.BACKUP_AUTHENTICATION);
    expect(fieldsAt(parameters, "sasLifetime").defaultValue).toBe(DEFAULTS.BACKUP_SAS_LIFETIME);
    expect(fieldsAt(parameters, "deadline").defaultValue).toBe(DEFAULTS.BACKUP_DEADLINE);
  });

  it("say by which identity the host's storage is reached, hold no connection string, and block on an entry point that throws", () => {
    expect(settings).toMatchObject({
      AzureWebJobsStorage__credential: "managedidentity",
      AzureWebJobsStorage__clientId: "[parameters('clientId')]",
      AZURE_CLIENT_ID: "[parameters('clientId')]",
      FUNCTIONS_NODE_BLOCK_ON_ENTRY_POINT_ERROR: "true",
    });
    expect(settings).not.toHaveProperty("AzureWebJobsStorage");
  });
});

describe("the app", () => {
  it("runs Node 24 on Flex Consumption with an identity of its own, and gets its package by it", () => {
    const of = (type: string) => resourcesOf(TEMPLATE).find((each) => each.type === type)?.body ?? {};
    expect(of("Microsoft.Web/serverfarms").sku).toEqual({ name: "FC1", tier: "FlexConsumption" });
    expect(of("Microsoft.Web/sites").identity).toMatchObject({ type: "UserAssigned" });
    expect(of("Microsoft.Web/sites").properties).toMatchObject({
      httpsOnly: true,
      functionAppConfig: {
        runtime: { name: "node", version: "24" },
        deployment: { storage: { type: "blobContainer", authentication: { type: "UserAssignedIdentity" } } },
      },
    });
    expect(of("Microsoft.Web/sites/extensions").properties).toMatchObject({ remoteBuild: false });
  });

  it("is shipped by azd as it was built, under the name that the template tags", () => {
    const yaml = ownText("azure.yaml");
    expect(yaml).toMatch(/^ {2}backup:\n/m);
    expect(yaml).toMatch(/^ {4}dist: dist$/m);
    expect(yaml).toMatch(/^ {4}remoteBuild: false$/m);
    expect(stringsIn(app).join("\n")).toContain("'azd-service-name', 'backup'");
  });
});

describe("the host's log", () => {
  const host: unknown = JSON.parse(ownText("host.json"));

  it("samples no event away", () => {
    expect(fieldsAt(host, "logging", "applicationInsights", "samplingSettings").isEnabled).toBe(false);
    const insights = resourcesOf(TEMPLATE).find(({ type }) => type === "Microsoft.Insights/components");
    expect(insights?.body.properties).toMatchObject({ SamplingPercentage: 100 });
  });

  it("filters no event away: what the functions say goes out from information on", () => {
    const levels = fieldsAt(host, "logging", "logLevel");
    expect(["Information", "Debug", "Trace"]).toContain(levels.Function);
    const narrower = Object.entries(levels).filter(([category]) => category.startsWith("Function."));
    for (const [category, level] of narrower) expect(["Information", "Debug", "Trace"], category).toContain(level);
    expect(isFields(levels)).toBe(true);
  });
});
