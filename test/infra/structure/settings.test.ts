import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { SETTINGS } from "../product-contract.ts";
import { fieldsAt, isFields, readInfra, resourcesOf, stringsIn, TEMPLATE } from "./template.ts";

const app = fieldsAt(TEMPLATE, "resources", "app", "properties");
const variables = fieldsAt(app, "template", "variables");
const settings = fieldsAt(variables, "alwaysSet");
/** Those that are set only where they have a value. */
const sometimesSet = String(variables.settings).match(/\bBACKUP_[A-Z_]+\b/g) ?? [];
const parameters = fieldsAt(TEMPLATE, "parameters");
const ownText = (file: string) => readFileSync(new URL(`../../../${file}`, import.meta.url), "utf8");

describe("the app's settings", () => {
  it("are every BACKUP_… that the product knows, and none that it doesn't", () => {
    const set = Object.keys(settings).filter((name) => name.startsWith("BACKUP_"));
    expect([...set, ...sometimesSet].toSorted()).toEqual(Object.keys(SETTINGS).toSorted());
  });

  it("are named nowhere else in the template", () => {
    const named = stringsIn(TEMPLATE).flatMap((text) => text.match(/\bBACKUP_[A-Z_]+\b/g) ?? []);
    expect(named.filter((name) => !Object.hasOwn(SETTINGS, name))).toEqual([]);
  });

  it("have the product's own defaults", () => {
    expect(fieldsAt(parameters, "schedule").defaultValue).toBe(SETTINGS.BACKUP_SCHEDULE);
    expect(fieldsAt(parameters, "containerPrefix").defaultValue).toBe(SETTINGS.BACKUP_CONTAINER_PREFIX);
    expect(fieldsAt(parameters, "ledger").defaultValue).toBe(SETTINGS.BACKUP_LEDGER);
    expect(fieldsAt(parameters, "maxAgeHours")).not.toHaveProperty("defaultValue");
    expect(fieldsAt(parameters, "authentication").defaultValue).toBe(SETTINGS.BACKUP_AUTHENTICATION);
    expect(fieldsAt(parameters, "sasLifetime").defaultValue).toBe(SETTINGS.BACKUP_SAS_LIFETIME);
    expect(fieldsAt(parameters, "deadline").defaultValue).toBe(SETTINGS.BACKUP_DEADLINE);
  });

  it.each([
    ["one-hsm", []],
    ["five-hsms", [{ name: "BACKUP_MAX_AGE", value: "PT175H" }]],
  ])("of %s have an age only where one is given", (kind, expected) => {
    const resources = readInfra(`snapshots/${kind}.snapshot.json`).predictedResources;
    const site = (Array.isArray(resources) ? resources.filter(isFields) : []).find(
      ({ type }) => type === "Microsoft.Web/sites",
    );
    const { appSettings } = fieldsAt(site, "properties", "siteConfig");
    const set = Array.isArray(appSettings) ? appSettings.filter(isFields) : [];
    expect(set.length).toBeGreaterThan(10);
    expect(set.filter(({ name }) => name === "BACKUP_MAX_AGE")).toEqual(expected);
  });

  it("say by which identity the host's storage is reached, hold no connection string, and block on an entry point that throws", () => {
    expect(settings).toMatchObject({
      AzureWebJobsStorage__blobServiceUri: "[parameters('hostStorage').blob]",
      AzureWebJobsStorage__queueServiceUri: "[parameters('hostStorage').queue]",
      AzureWebJobsStorage__tableServiceUri: "[parameters('hostStorage').table]",
      AzureWebJobsStorage__credential: "managedidentity",
      AzureWebJobsStorage__clientId: "[parameters('clientId')]",
      AZURE_CLIENT_ID: "[parameters('clientId')]",
      FUNCTIONS_NODE_BLOCK_ON_ENTRY_POINT_ERROR: "true",
    });
    expect(settings).not.toHaveProperty("AzureWebJobsStorage");
    expect(settings).not.toHaveProperty("AzureWebJobsStorage__accountName");
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
    expect(yaml).toMatch(/^requiredVersions:\n.*\n {2}azd: ">= \d+\.\d+\.\d+"$/m);
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
