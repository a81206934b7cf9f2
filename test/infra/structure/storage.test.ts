import { describe, expect, it } from "vitest";
import { FOLLOW_QUEUE, LEDGER_CONTAINER } from "../../../azure/storage/storage-clients.ts";
import { fieldsAt, resourcesOf, stringsIn, TEMPLATE } from "./template.ts";

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

  it("give what was deleted back for 30 days or more, and remove old versions after as long", () => {
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

  it("have by default copies in zones and in another region", () => {
    expect(fieldsAt(TEMPLATE, "parameters", "redundancy").defaultValue).toBe("Standard_RAGZRS");
    expect(fieldsAt(TEMPLATE, "parameters", "hostRedundancy").defaultValue).toBe("[parameters('redundancy')]");
  });

  it("hold the ledger and the queues that the code knows", () => {
    const containers = ofType("Microsoft.Storage/storageAccounts/blobServices/containers");
    const names = containers.map(({ body }) => /'([^']+)'\)\]$/.exec(String(body.name))?.[1]);
    expect(names).toEqual([LEDGER_CONTAINER, "app-package"]);
    const host = stringsIn(fieldsAt(TEMPLATE, "resources", "host"));
    expect(host).toContain(FOLLOW_QUEUE);
    expect(host).toContain(`${FOLLOW_QUEUE}-poison`);
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
