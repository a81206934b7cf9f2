import { describe, expect, test } from "vitest";
import type { FailureReason } from "../../../backup/model/call-failed.ts";
import { secret } from "../../../backup/model/secret.ts";
import { OBJECT_ID } from "../secrets.ts";
import { look, refuse, said, start } from "./hsm-refusal.ts";

const ROLE = `az keyvault role assignment create --hsm-name contoso --role "Managed HSM Backup" --scope / --assignee-object-id ${OBJECT_ID}`;
const OPEN_HSM = "az keyvault update-hsm --hsm-name contoso --public-network-access Enabled";

describe("a refused start", () => {
  test.each<[string, number, string, FailureReason, string]>([
    [
      "a missing role",
      403,
      said(
        "AccessDenied",
        "Not authorized to access Microsoft.KeyVault/managedHsm/backup/start/action on / (Activity ID: 1)",
      ),
      "denied",
      ROLE,
    ],
    ["a 403 that says nothing", 403, "", "denied", ROLE],
    [
      "a firewall",
      403,
      said("Forbidden", "Client address is not authorized and caller is not a trusted service."),
      "denied",
      OPEN_HSM,
    ],
    ["a firewall, by its code", 403, said("Forbidden", "No.", { code: "ForbiddenByFirewall" }), "denied", OPEN_HSM],
    [
      "a private endpoint",
      403,
      said("Forbidden", "Connection is not an approved private link."),
      "denied",
      "private endpoint",
    ],
    ["a wrong connection", 403, said("Forbidden", "This TCP connection does not allow access."), "denied", OPEN_HSM],
    [
      "a busy HSM",
      409,
      said("Conflict", "Another backup operation is in progress."),
      "busy",
      "Another backup or restore is running on contoso",
    ],
    ["a wrong host", 404, said("HsmNotFound", "There is no such HSM."), "notFound", "properties.hsmUri"],
    ["a page instead of an HSM", 404, "<html>Not found</html>", "notFound", "BACKUP_HSM_URLS"],
    [
      "a token from the future",
      401,
      said("Unauthorized", "IDX10222: Lifetime validation failed. The token is not yet valid."),
      "denied",
      "date -u",
    ],
    ["a token of the past", 401, said("Unauthorized", "The token has expired."), "denied", "clock"],
    [
      "another tenant",
      401,
      said("Unauthorized", "AKV10032: Invalid issuer."),
      "denied",
      "az keyvault show --hsm-name contoso --query properties.tenantId",
    ],
    [
      "a wrong audience",
      401,
      said("Unauthorized", "AKV10022: Invalid audience."),
      "denied",
      "https://managedhsm.azure.net/.default",
    ],
    ["a 401 that speaks of storage", 401, said("Unauthorized", "SAS"), "denied", "AZURE_CLIENT_ID"],
    [
      "an unknown version",
      400,
      said("UnsupportedApiVersion", "API version '6.0' isn't known."),
      "rejected",
      "BACKUP_HSM_API_VERSION",
    ],
    [
      "a version that is missing",
      400,
      said("BadParameter", "The query parameter api-version is required."),
      "rejected",
      "now 7.4",
    ],
    ["another bad request", 400, said("BadParameter", "The body is odd."), "rejected", "BACKUP_HSM_URLS"],
    ["a method that isn't there", 405, said("MethodNotAllowed", "No."), "rejected", "Compare the HSM's message"],
    ["too many requests", 429, said("TooManyRequests", "Slow down."), "noAnswer", "retries later"],
    ["a server's mistake", 500, said("InternalServerError", "Storage broke."), "noAnswer", "resource health"],
    ["a gateway", 502, "<html>Bad gateway</html>", "noAnswer", "the app retries"],
    ["a slow request", 408, "", "noAnswer", "the app retries"],
    ["a redirect", 302, "", "unreadable", "contoso.managedhsm.azure.net"],
  ])("for %s", (_what, status, body, reason, remedy) => {
    const failure = refuse(start, status, body);
    expect(failure).toMatchObject({ operation: "start a full backup", target: "contoso", status, reason });
    expect(failure.remedy).toContain(remedy);
  });

  test("names the service's code, words and nested errors", () => {
    const failure = refuse(
      start,
      403,
      said("Forbidden", "No.", { code: "A", message: "b", innererror: { code: "C" } }),
    );
    expect(failure).toMatchObject({ code: "Forbidden", said: "No.", inner: ["A: b", "C"] });
  });

  test("reports length and type of an answer that isn't the service's", () => {
    const failure = refuse(start, 403, "<html>Blocked</html>");
    expect(failure).toMatchObject({ code: "noErrorCode", said: "the answer has 20 characters of text/html" });
  });

  test.each<[string, object | string, string, string]>([
    ["capitals", { Error: { Code: "Forbidden", Message: "No." } }, "Forbidden", "No."],
    ["a text as its error", { error: "No." }, "noErrorCode", "No."],
    ["OAuth's fields", { error: "invalid_token", error_description: "No." }, "invalid_token", "No."],
    ["a gateway's fields", { statusCode: 403, message: "No." }, "noErrorCode", "No."],
    ["code and message alone", { code: "Forbidden", message: "No." }, "Forbidden", "No."],
    ["RFC 9457's fields", { type: "about:blank", title: "No.", status: 403 }, "noErrorCode", "No."],
    ["a text alone", "No.", "noErrorCode", "No."],
    ["a code alone", { code: "Forbidden" }, "Forbidden", "the answer has 20 characters of text/html"],
    ["a list", ["No."], "noErrorCode", "the answer has 7 characters of text/html"],
  ])("keeps the words of an error body with %s", (_what, body, code, words) => {
    expect(refuse(start, 403, JSON.stringify(body))).toMatchObject({ reason: "denied", code, said: words });
  });

  test("for a malformed SAS in a text is that of the SAS", () => {
    const failure = refuse(start, 400, '{"error":"The customer provided SAS token is malformed."}');
    expect(failure.reason).toBe("sasRefused");
  });

  test("asks for the object id where the token doesn't have it", () => {
    expect(refuse({ ...start, token: secret("no token of ours") }, 403, "").remedy).toContain(
      "--assignee-object-id OBJECT_ID",
    );
  });
});

describe("a refused look", () => {
  test.each<[string, number, string, FailureReason, string]>([
    ["a job that isn't known", 404, said("JobNotFound", "No such job."), "notFound", "doesn't know this job"],
    [
      "a job that isn't known, whatever is said",
      404,
      said("ContainerNotFound", "No."),
      "notFound",
      "doesn't know this job",
    ],
    [
      "a role taken away",
      403,
      said("AccessDenied", "Not authorized to access …/backup/status/action on /."),
      "denied",
      "Managed HSM Backup",
    ],
    ["a 403 that speaks of storage", 403, said("Forbidden", "storage"), "denied", "Managed HSM Backup"],
    [
      "a job that isn't known, in capitals",
      404,
      '{"Error":{"Code":"JobNotFound","Message":"No such job."}}',
      "notFound",
      "doesn't know this job",
    ],
    ["a gateway's text", 404, '{"error":"Not found."}', "unreadable", "HTTPS_PROXY"],
    [
      "a job that failed",
      400,
      said("BadRequest", "The customer provided SAS token is malformed."),
      "rejected",
      "BACKUP_STORAGE_URL",
    ],
    ["a 404 with nothing in it", 404, "", "notFound", "doesn't know this job"],
    ["a gateway's page", 404, "<html>Not found</html>", "unreadable", "HTTPS_PROXY"],
    ["a gateway's JSON", 404, '{"statusCode":404,"message":"Resource not found"}', "unreadable", "HTTPS_PROXY"],
    ["a server's mistake", 503, "", "noAnswer", "the app retries"],
  ])("for %s", (_what, status, body, reason, remedy) => {
    const failure = refuse(look, status, body);
    expect(failure).toMatchObject({ operation: "look at a backup job", target: "contoso", status, reason });
    expect(failure.remedy).toContain(remedy);
  });
});
