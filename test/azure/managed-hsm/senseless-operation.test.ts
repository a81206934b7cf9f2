import { describe, expect, test } from "vitest";
import { InvalidInput } from "../../../backup/model/validation.ts";
import { parse, parseText } from "./reported-job.ts";

describe("an answer that makes no sense", () => {
  test.each([
    ["nothing", ""],
    ["blanks", "  \n"],
    ["a page", "<!doctype html><html><body>Sign in</body></html>"],
    ["half of it", '{"status":"Succee'],
    ["a list", "[]"],
    ["a text", '"Succeeded"'],
    ["a number", "200"],
    ["null", "null"],
    ["an empty object", "{}"],
  ])("is %s", (_what, body) => {
    expect(() => parseText(body)).toThrow(InvalidInput);
  });

  test.each<[string, object]>([
    ["status", { status: 7 }],
    ["status", { status: " " }],
    ["status", { status: null }],
    ["status", { status: ["Succeeded"] }],
    ["status", { status: 7, error: { code: "StorageError" } }],
    ["error", { error: ["boom"] }],
    ["jobId", { jobId: 7 }],
    ["jobId", { jobId: "another" }],
  ])("has a %s that can't be: %j", (field, change) => {
    const isNamed = expect.objectContaining({
      name: "InvalidInput",
      message: expect.stringMatching(`^${field}: expected`),
    });
    expect(() => parse(change)).toThrow(isNamed);
  });

  test("is reported as such where it isn't JSON", () => {
    expect(() => parseText("<!doctype html>")).toThrow("the body is not valid JSON");
  });
});
