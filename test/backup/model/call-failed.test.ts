import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { CallFailed, failureOf, sentenceOf } from "../../../backup/model/call-failed.ts";
import { callFailure, SAS, SIGNATURE, STORAGE } from "../samples.ts";

describe("a failed call", () => {
  it("says what we were doing, who refused, with what, and what to do next", () => {
    const { message } = new CallFailed(callFailure("denied"));
    expect(message).toBe(
      "could not start a full backup (contoso, HTTP 403, Forbidden): The caller lacks a role. Grant 'Managed HSM Backup' at scope /.",
    );
  });

  it("says so where there was no answer", () => {
    const { said: _said, ...silent } = callFailure("noAnswer", { status: null, code: "ENOTFOUND" });
    expect(sentenceOf(silent)).toBe("could not start a full backup (contoso, no answer, ENOTFOUND).");
  });

  it("ends its sentence with one full stop", () => {
    expect(sentenceOf(callFailure("denied", { said: "No role." }))).toMatch(/No role\.$/);
    expect(sentenceOf(callFailure("denied", { said: "No role" }))).toMatch(/No role\.$/);
  });

  it("keeps its cause and its failure", () => {
    const cause = new Error("socket hang up");
    const thrown = new CallFailed(callFailure("noAnswer"), { cause });
    expect(thrown).toBeInstanceOf(Error);
    expect(thrown.name).toBe("CallFailed");
    expect(thrown.cause).toBe(cause);
    expect(thrown.failure).toEqual(callFailure("noAnswer"));
  });
});

describe("the failure inside whatever was thrown", () => {
  it("is that of a failed call, as it was", () => {
    const failure = callFailure("busy", { status: 409 });
    expect(failureOf(new CallFailed(failure), "do something else", "fabrikam")).toBe(failure);
  });

  it.each([
    ["an error", new TypeError("x is not a function"), "TypeError: x is not a function"],
    ["a text", "gone", "gone"],
    ["nothing", undefined, "undefined"],
    ["null", null, "null"],
  ])("counts as no answer where it is %s", (_what, thrown, said) => {
    const failure = failureOf(thrown, "count the blobs", "container");
    expect(failure).toMatchObject({ operation: "count the blobs", target: "container", reason: "noAnswer", said });
    expect(failure.status).toBeNull();
    expect(failure.remedy).not.toBe("");
  });

  it.each([
    ["an error", new TypeError(`Invalid URL ${STORAGE}/c?${SAS}`)],
    ["a text", `${STORAGE}/c?${SAS}`],
  ])("carries no secret that was in the words of %s", (_what, thrown) => {
    const failure = failureOf(thrown, "mint a SAS", "container");
    expect(`${sentenceOf(failure)} ${inspect(failure)}`).not.toContain(SIGNATURE);
  });
});
