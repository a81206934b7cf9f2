import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { resourcesOf, stringsIn, TEMPLATE } from "./template.ts";

// https://learn.microsoft.com/azure/role-based-access-control/built-in-roles, https://learn.microsoft.com/azure/key-vault/managed-hsm/built-in-roles
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  rolesOnHost: ["b7e6dc6d-f1e8-4753-8033-0f276bb0955b", "974c5e8b-45b9-4653-ba55-5f855dd0fb88"],
  rolesOnBackups: ["ba92f5b4-2d11-453d-a403-e96b0029c9fe", "db58b8e5-c6ad-4a2a-8342-4190687cbf4a"],
  rolesOnMonitoring: ["3913510d-42f4-4e42-8a64-420c390055eb"],
};
const NEVER = {
  Owner: "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
  Contributor: "b24988ac-6180-42a0-ab88-20f7382dd24c",
  "User Access Administrator": "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
  "Role Based Access Control Administrator": "f58310d9-a9f6-439a-9e8d-f62e7b41a168",
  "Storage Account Contributor": "17d1049b-9a84-46fb-8f53-869881c3d3ab",
  "Managed HSM contributor": "18500a29-7fe2-46b2-a342-b16a415e101d",
  "Managed HSM Administrator": "a290e904-7015-4bba-90c8-60543313cdb4",
  "Managed HSM Restore": "6efe6056-5259-49d2-8b3d-d3d73544b20b",
};
const GUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
const assignments = resourcesOf(TEMPLATE).filter(({ type }) => type === "Microsoft.Authorization/roleAssignments");

describe("roles", () => {
  it("are given in three modules only, and each module knows its own and no other", () => {
    expect(new Set(assignments.map(({ module }) => module))).toEqual(new Set(Object.keys(ALLOWED)));
    for (const [module, allowed] of Object.entries(ALLOWED)) {
      const declared = TEMPLATE.resources;
      const inside = stringsIn(declared && Object.entries(declared).find(([name]) => name === module));
      const guids = inside.flatMap((text) => text.match(GUID) ?? []);
      expect(new Set(guids), module).toEqual(new Set(allowed));
    }
  });

  it.each(Object.entries(NEVER))("are never %s", (_name, guid) => {
    expect(stringsIn(TEMPLATE).filter((text) => text.includes(guid))).toEqual([]);
  });

  it("hold at one resource, never at a group or subscription", () => {
    expect(assignments).toHaveLength(5);
    for (const { body, module } of assignments) {
      expect(body.scope, module).toMatch(
        /^\[resourceId\('Microsoft\.(Storage\/storageAccounts|Insights\/components)', /,
      );
    }
  });

  it("let the app mint a SAS only where one is wanted", () => {
    const delegates = assignments.filter(({ body }) => stringsIn(body).includes("Storage Blob Delegator"));
    expect(delegates.map(({ body }) => body.condition)).toEqual(["[parameters('mintsSas')]"]);
  });

  it.each(["roles-on-host-storage", "roles-on-backup-storage", "roles-on-monitoring"])(
    "are named beside their GUIDs in %s",
    (file) => {
      const text = readFileSync(new URL(`../../../infra/modules/${file}.bicep`, import.meta.url), "utf8");
      for (const line of text.split("\n").filter((each) => GUID.test(each))) {
        expect(line).toMatch(/Storage (Blob|Queue) Data \w+|Storage Blob Delegator|Monitoring Metrics Publisher/);
      }
    },
  );
});
