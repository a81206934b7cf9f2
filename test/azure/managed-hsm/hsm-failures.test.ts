import { describe, expect, test } from "vitest";
import type { FailureReason } from "../../../backup/model/call-failed.ts";
import { secret } from "../../../backup/model/secret.ts";
import { TARGET } from "../secrets.ts";
import { look, refuse, said, start } from "./hsm-refusal.ts";

// Which status and code mean what: test/azure/remedies.test.ts.
describe("a refused start", () => {
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

  test.each([
    ["a page instead of an HSM", 404, "<html>Not found</html>", "notFound"],
    ["a gateway's page", 502, "<html>Bad gateway</html>", "noAnswer"],
    ["a 403 that says nothing", 403, "", "denied"],
    ["a malformed SAS in a text", 400, '{"error":"The customer provided SAS token is malformed."}', "sasRefused"],
  ])("with %s is judged by its status", (_what, status, body, reason) => {
    expect(refuse(start, status, body).reason).toBe(reason);
  });

  test("names account and container of a path-style address too", () => {
    const containerUrl = "https://127.0.0.1:10000/hsmbackups/mhsm-backup-contoso-2026-11-23";
    const { remedy } = refuse({ ...start, target: { ...TARGET, containerUrl } }, 400, said("ContainerNotFound", "No."));
    expect(remedy).toMatch(/^mhsm-backup-contoso-2026-11-23 was deleted.* --account-name hsmbackups /);
  });

  test("asks for the object id where the token doesn't have it", () => {
    expect(refuse({ ...start, token: secret("no token of ours") }, 403, "").remedy).toContain(
      "--assignee-object-id OBJECT_ID",
    );
  });
});

describe("a refused look", () => {
  test.each<[string, string, FailureReason]>([
    ["a KeyVaultError", said("JobNotFound", "No such job."), "notFound"],
    ["a KeyVaultError in capitals", '{"Error":{"Code":"JobNotFound","Message":"No such job."}}', "notFound"],
    ["nothing in it", "", "notFound"],
    ["a gateway's text", '{"error":"Not found."}', "unreadable"],
    ["a gateway's page", "<html>Not found</html>", "unreadable"],
    ["a gateway's JSON", '{"statusCode":404,"message":"Resource not found"}', "unreadable"],
  ])("whose 404 has %s", (_what, body, reason) => {
    expect(refuse(look, 404, body)).toMatchObject({ status: 404, reason, operation: "look at a backup job" });
  });
});
