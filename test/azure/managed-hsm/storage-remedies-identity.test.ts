import { describe, expect, test } from "vitest";
import { refuse, said, start, startByIdentity } from "./hsm-refusal.ts";

const SHOW_HSM = "az keyvault show --hsm-name contoso";
const ATTACH = "az keyvault update-hsm --hsm-name contoso --mi-user-assigned";
const GRANT =
  'az role assignment create --role "Storage Blob Data Contributor" --assignee-object-id "$(az keyvault show';
const CONTAINER = "--account-name backups --name mhsm-backup-contoso-2026-11-23";

describe("a start that is refused for the HSM's own identity or the container", () => {
  test.each<[string, number, string, readonly string[]]>([
    [
      "an HSM without an identity",
      400,
      said("ManagedIdentityNotConfigured", "Nothing is attached to the HSM."),
      [ATTACH, SHOW_HSM, GRANT, "az storage account show --name backups"],
    ],
    ["the same in other words", 403, said("Forbidden", "The HSM has no user assigned identity."), [ATTACH, GRANT]],
    [
      "the same as a nested error",
      400,
      said("BadParameter", "No.", { code: "InvalidRequest", message: "UAMI is missing." }),
      [ATTACH, GRANT],
    ],
    [
      "an identity without its role",
      403,
      said("Forbidden", "The managed identity was refused.", { code: "AuthorizationPermissionMismatch" }),
      [GRANT, "--query id"],
    ],
    [
      "an account behind a firewall",
      403,
      said("AuthorizationFailure", "Not authorized to perform this operation."),
      ["az storage account update --name backups --bypass AzureServices"],
    ],
    ["a container that is gone", 400, said("StorageError", "No.", { code: "ContainerNotFound" }), [CONTAINER]],
    ["an immutable container", 400, said("BlobImmutableDueToPolicy", "No."), ["immutability-policy show"]],
    ["a storage that refuses for no known reason", 400, said("StorageError", "No."), ["BACKUP_STORAGE_URL", ATTACH]],
  ])("for %s", (_what, status, body, remedies) => {
    const failure = refuse(startByIdentity, status, body);
    expect(failure).toMatchObject({
      operation: "start a full backup",
      target: "contoso",
      status,
      reason: "sasRefused",
    });
    for (const remedy of remedies) expect(failure.remedy).toContain(remedy);
    // No remedy speaks of a SAS where none is used.
    expect(failure.remedy).not.toMatch(/\bSAS\b|BACKUP_SAS_LIFETIME|Delegator/);
  });

  test("is not confused with the app's own role, nor the other way round", () => {
    const role = said(
      "AccessDenied",
      "Not authorized to access Microsoft.KeyVault/managedHsm/backup/start/action on /.",
    );
    expect(refuse(startByIdentity, 403, role)).toMatchObject({
      reason: "denied",
      remedy: expect.stringContaining('"Managed HSM Backup"'),
    });
    const identity = said("Forbidden", "The managed identity is unknown.");
    expect(refuse(start, 403, identity)).toMatchObject({ reason: "denied" });
  });
});
