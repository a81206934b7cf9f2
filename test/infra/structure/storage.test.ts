import { describe, expect, it } from "vitest";
import { QUEUE_SUFFIXES } from "../product-contract.ts";
import { fieldsAt, readInfra, resourcesOf, stringsIn, TEMPLATE } from "./template.ts";

const resources = resourcesOf(TEMPLATE);
const ofType = (type: string) => resources.filter((each) => each.type === type);
const accounts = ofType("Microsoft.Storage/storageAccounts");

describe("the two storage accounts", () => {
  it("are the backups' and the host's", () => {
    expect(accounts.map(({ module }) => module)).toEqual(["backups", "host"]);
  });

  it("take no account key, no anonymous reader, no old TLS and no copy into another tenant", () => {
    for (const { body, module } of accounts) {
      expect(body.properties, module).toMatchObject({
        allowSharedKeyAccess: false,
        allowBlobPublicAccess: false,
        allowCrossTenantReplication: false,
        minimumTlsVersion: "TLS1_2",
        supportsHttpsTrafficOnly: true,
      });
    }
  });

  it("keep what was deleted for 30 days or more, and remove old versions after as long", () => {
    const services = ofType("Microsoft.Storage/storageAccounts/blobServices");
    expect(services.map(({ module }) => module)).toEqual(["backups/protection", "host/protection"]);
    for (const { body, module } of services) {
      expect(fieldsAt(body, "properties").deleteRetentionPolicy, module).toMatchObject({ enabled: true });
      expect(fieldsAt(body, "properties").containerDeleteRetentionPolicy, module).toMatchObject({ enabled: true });
    }
    const rules = ofType("Microsoft.Storage/storageAccounts/managementPolicies");
    expect(rules.map(({ body }) => body.condition)).toEqual([
      "[parameters('versioning')]",
      "[parameters('versioning')]",
    ]);
  });

  it("are locked against deletion by default, and one that exists already is left alone", () => {
    expect(fieldsAt(TEMPLATE, "parameters", "deleteLock").defaultValue).toBe(true);
    const locksOf = (kind: string) => {
      const { predictedResources } = readInfra(`snapshots/${kind}.snapshot.json`);
      const all = (Array.isArray(predictedResources) ? predictedResources : []).map((each) => fieldsAt(each));
      return all.filter(({ type }) => type === "Microsoft.Authorization/locks");
    };
    expect(locksOf("one-hsm")).toHaveLength(2);
    for (const lock of locksOf("one-hsm")) expect(lock.properties).toMatchObject({ level: "CanNotDelete" });
    expect(locksOf("existing-account")).toEqual([]);
  });

  it("have by default copies in zones and in another region", () => {
    expect(fieldsAt(TEMPLATE, "parameters", "redundancy").defaultValue).toBe("Standard_RAGZRS");
    expect(fieldsAt(TEMPLATE, "parameters", "hostRedundancy").defaultValue).toBe("[parameters('redundancy')]");
  });

  it.each([
    ["one-hsm", "backup-runs"],
    ["five-hsms", "contoso-backups"],
  ])("hold in %s the ledger %s and its two queues, which the app's settings name", (kind, ledger) => {
    const { predictedResources } = readInfra(`snapshots/${kind}.snapshot.json`);
    const all = (Array.isArray(predictedResources) ? predictedResources : []).map((each) => fieldsAt(each));
    const namesOf = (type: string) =>
      all.filter((each) => each.type === type).map(({ name }) => String(name).split("/").at(-1));
    expect(namesOf("Microsoft.Storage/storageAccounts/blobServices/containers").toSorted()).toEqual(
      [ledger, "app-package"].toSorted(),
    );
    expect(namesOf("Microsoft.Storage/storageAccounts/queueServices/queues").toSorted()).toEqual(
      QUEUE_SUFFIXES.map((suffix) => `${ledger}${suffix}`).toSorted(),
    );
    const site = all.find(({ type }) => type === "Microsoft.Web/sites");
    expect(fieldsAt(site, "properties", "siteConfig").appSettings).toContainEqual({
      name: "BACKUP_LEDGER",
      value: ledger,
    });
  });
});

describe("keys", () => {
  it("are asked for nowhere", () => {
    const asking = stringsIn(TEMPLATE).filter((text) =>
      /\blist(Keys|AccountSas|ServiceSas|Secrets)\b|AccountKey=/i.test(text),
    );
    expect(asking).toEqual([]);
  });

  it("open neither telemetry nor deployment", () => {
    const [insights] = ofType("Microsoft.Insights/components");
    expect(insights?.body.properties).toMatchObject({ DisableLocalAuth: true });
    const doors = ofType("Microsoft.Web/sites/basicPublishingCredentialsPolicies");
    expect(doors.map(({ body }) => body.properties)).toEqual([{ allow: false }, { allow: false }]);
  });
});
