import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const read = (file: string): string => readFileSync(new URL(`../../${file}`, import.meta.url), "utf8");
const [, deploy = ""] = /\n## Deploy\n([\s\S]*?)\n## /.exec(read("infra/README.md")) ?? [];
const [before = "", ...commands] = deploy.split("```");

describe("the page on how to deploy", () => {
  it("says before the first command what would stop an operator", () => {
    expect(before).toMatch(/resource group of its own/);
    expect(before).toContain("az provider register --namespace Microsoft.App --wait");
    expect(before).toMatch(/An HSM behind its firewall needs `network=private`/);
    const required = /azd: ">= ([\d.]+)"/.exec(read("azure.yaml"))?.[1];
    expect(before).toContain(`\`azd\` ${required} or later`);
  });

  it("offers an action group that is there already first, and says that a new address must be confirmed", () => {
    expect(before.indexOf("ACTION_GROUP_ID")).toBeGreaterThan(0);
    expect(before.indexOf("ACTION_GROUP_ID")).toBeLessThan(before.indexOf("ALARM_EMAILS"));
    expect(before).toMatch(/one-time passcode to each address.*within 30 minutes/);
  });

  it("says what the default, a SAS, needs, and which parameter changes it", () => {
    expect(before).toMatch(/`sas`, the default, needs a backup account that is open to the public network/);
    expect(before).toMatch(/`authentication`\) to `managedIdentity`/);
  });

  it("ends with a test notification", () => {
    expect(commands.filter((_, index) => index % 2 === 0).at(-1)).toMatch(
      /^\naz monitor action-group test-notifications create /,
    );
  });

  it("sets only what azd's parameters read", () => {
    const set = [...deploy.matchAll(/azd env set ([A-Z_]+)/g)].map(([, name]) => name);
    const readByAzd = [...read("infra/main.bicepparam").matchAll(/readEnvironmentVariable\('([A-Z_]+)'/g)];
    expect(set.length).toBeGreaterThan(2);
    for (const name of set) expect(readByAzd.map(([, each]) => each)).toContain(name);
  });
});
