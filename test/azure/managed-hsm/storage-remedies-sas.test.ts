import { describe, expect, test } from "vitest";
import { OBJECT_ID, TARGET } from "../secrets.ts";
import { refuse, said, start } from "./hsm-refusal.ts";

const CONTAINER = "--account-name backups --name mhsm-backup-contoso-2026-11-23";
const STORAGE_ROLE = `az role assignment create --role "Storage Blob Data Contributor" --assignee-object-id ${OBJECT_ID}`;
const OPEN_STORAGE = "az storage account update --name backups --public-network-access Enabled";

describe("a start that is refused for its SAS or container", () => {
  test.each<[string, number, string, string]>([
    [
      "a SAS that can't be read",
      400,
      said(
        "BadRequest",
        "The customer provided SAS token is malformed. The SAS token does not contain the expiry field",
      ),
      "BACKUP_STORAGE_URL",
    ],
    [
      "a wrong signature",
      403,
      said("Forbidden", "No.", { code: "AuthenticationFailed", message: "Signature did not match." }),
      "az storage account show --name backups",
    ],
    [
      "an expired SAS",
      403,
      said("AuthenticationFailed", "Signature not valid in the specified time frame."),
      "BACKUP_SAS_LIFETIME",
    ],
    [
      "a SAS with too few permissions",
      403,
      said("AuthorizationPermissionMismatch", "Not authorized using this permission."),
      STORAGE_ROLE,
    ],
    [
      "an account without public access",
      400,
      said("StorageError", "Storage refused.", { code: "PublicAccessNotPermitted" }),
      OPEN_STORAGE,
    ],
    [
      "an account behind a firewall",
      403,
      said("AuthorizationFailure", "Not authorized to perform this operation."),
      OPEN_STORAGE,
    ],
    [
      "an immutable container",
      400,
      said("BlobImmutableDueToPolicy", "The blob is immutable."),
      "immutability-policy show",
    ],
    [
      "a container that is gone",
      400,
      said("StorageError", "No.", { code: "ContainerNotFound" }),
      `az storage container show ${CONTAINER}`,
    ],
    [
      "a container that is gone, as 404",
      404,
      said("ContainerNotFound", "The specified container does not exist."),
      CONTAINER,
    ],
    [
      "a container that is being deleted",
      409,
      said("ContainerBeingDeleted", "The container is being deleted."),
      CONTAINER,
    ],
  ])("for %s", (_what, status, body, remedy) => {
    const failure = refuse(start, status, body);
    expect(failure).toMatchObject({ operation: "start a full backup", status, reason: "sasRefused" });
    expect(failure.remedy).toContain(remedy);
  });

  test("names account and container of a path-style address too", () => {
    const containerUrl = "https://127.0.0.1:10000/hsmbackups/mhsm-backup-contoso-2026-11-23";
    const failure = refuse({ ...start, target: { ...TARGET, containerUrl } }, 400, said("ContainerNotFound", "Gone."));
    expect(failure.remedy).toContain("--account-name hsmbackups --name mhsm-backup-contoso-2026-11-23");
  });
});
