import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { evaluator } from "./evaluate.ts";
import { fieldsAt, isFields, readInfra, stringsIn } from "./template.ts";

const FOLDER = new URL("../../../infra/snapshots/", import.meta.url);
const SNAPSHOTS = readdirSync(FOLDER).filter((file) => file.endsWith(".snapshot.json"));
// https://learn.microsoft.com/azure/azure-government/compare-azure-government-global-azure#guidance-for-developers
const US_GOVERNMENT = { storage: "core.usgovcloudapi.net", keyvaultDns: ".vault.usgovcloudapi.net" };
const PUBLIC_DOMAIN = /\.(core\.windows\.net|azurewebsites\.net|(vault|managedhsm)\.azure\.net)/;

const resourcesIn = (file: string) => {
  const { predictedResources } = readInfra(`snapshots/${file}`);
  return (Array.isArray(predictedResources) ? predictedResources : []).filter(isFields);
};

/** The value of an expression of a snapshot, in US Government. */
function inUsGovernment(text: unknown): unknown {
  const expression = Object.entries(US_GOVERNMENT).reduce(
    (found, [name, suffix]) => found.replaceAll(`environment().suffixes.${name}`, `'${suffix}'`),
    String(text),
  );
  return evaluator({ parameters: {}, variables: { text: expression } }, {}).variable("text");
}

describe("in another cloud than the public one", () => {
  const resources = resourcesIn("us-government.snapshot.json");
  const ofType = (type: string) => resources.filter((each) => each.type === type);

  it("the HSMs and the private zones have that cloud's domains", () => {
    expect(ofType("Microsoft.Network/privateDnsZones").map(({ name }) => inUsGovernment(name))).toEqual([
      "privatelink.blob.core.usgovcloudapi.net",
      "privatelink.queue.core.usgovcloudapi.net",
      "privatelink.table.core.usgovcloudapi.net",
      "privatelink.managedhsm.usgovcloudapi.net",
    ]);
    const { appSettings } = fieldsAt(ofType("Microsoft.Web/sites")[0], "properties", "siteConfig");
    const set = (Array.isArray(appSettings) ? appSettings : []).filter(isFields);
    const settingOf = (wanted: string) => set.find(({ name }) => name === wanted)?.value;
    expect(inUsGovernment(settingOf("BACKUP_HSM_URLS"))).toBe("https://contoso.managedhsm.usgovcloudapi.net");
    for (const service of ["blob", "queue", "table"])
      expect(settingOf(`AzureWebJobsStorage__${service}ServiceUri`)).toContain(`.primaryEndpoints.${service}`);
  });

  it.each(SNAPSHOTS)("no address of the public cloud is written into %s but those that were given", (file) => {
    const given = /\/privateDnsZones\/privatelink\.|^https:\/\/keys\.vault\.azure\.net|^keys\.vault/;
    const written = stringsIn(resourcesIn(file)).filter((text) => PUBLIC_DOMAIN.test(text) && !given.test(text));
    expect(written).toEqual([]);
  });
});
