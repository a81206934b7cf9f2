import { describe, expect, test } from "vitest";
import { SAS } from "../secrets.ts";
import { FOLDER, JOB_ID, parse, parseText } from "./reported-job.ts";

const NO_ERROR = { code: null, message: null, innererror: null };
const succeeded = { status: "Succeeded", folderUrl: FOLDER, seconds: 123 };
const nested = [3, 2, 1].reduce<unknown>(
  (inner, level) => ({ code: `Level${level}`, message: `at ${level}`, innererror: inner }),
  null,
);

describe("a job that runs", () => {
  test("passes on the HSM's status, folder and pause", () => {
    const body = { status: "InProgress", azureStorageBlobContainerUri: FOLDER, error: null, endTime: 0 };
    const running = { status: "running", folderUrl: FOLDER, retryAfter: 10_000 };
    expect(parseText(JSON.stringify(body), 10_000)).toEqual(running);
  });

  test.each(["Queued", "Running", "succeeded soon", "__proto__", "constructor"])(
    "counts as running where the status is the unknown %j",
    (status) => {
      expect(parse({ status })).toEqual({ status: "running", folderUrl: FOLDER, retryAfter: null });
    },
  );
});

describe("a job that succeeded", () => {
  test.each([
    ["null", null],
    ["0", 0],
    ["before the start", 1490789999],
    ["no whole number", 1490790123.5],
    ["a text", "1490790123"],
  ])("has no duration where its end is %s", (_what, endTime) => {
    expect(parse({ endTime })).toEqual({ status: "Succeeded", folderUrl: FOLDER });
  });

  test.each([
    ["null", null],
    ["absent", undefined],
    ["an object of nulls", NO_ERROR],
    ["an empty object", {}],
    ["blanks", { code: "", message: "  " }],
    ["a blank text", " "],
    ["nulls within nulls", { ...NO_ERROR, innererror: NO_ERROR }],
  ])("has no error where it is %s", (_what, error) => {
    expect(parse({ error })).toEqual(succeeded);
  });

  test.each([
    ["null", null],
    ["absent", undefined],
    ["empty", ""],
    ["blank", "  "],
    ["nothing but a query", "?sig=abc"],
    ["no text", 42],
    ["too long for a URL", "x".repeat(3_000)],
  ])("has no folder where its URL is %s", (_what, azureStorageBlobContainerUri) => {
    expect(parse({ azureStorageBlobContainerUri })).toEqual({ ...succeeded, folderUrl: null });
  });

  test.each([`${FOLDER}?${SAS}`, `${FOLDER}#x`, FOLDER.replace("//", "//user:pass@")])(
    "has its folder without user, query and fragment",
    (azureStorageBlobContainerUri) => {
      expect(parse({ azureStorageBlobContainerUri })).toEqual(succeeded);
    },
  );

  test.each(["Succeeded", "succeeded", "SUCCEEDED", " Succeeded "])("may be spelled %j", (status) => {
    expect(parse({ status })).toEqual(succeeded);
  });

  test.each(["Full backup is complete", null, 7, { odd: true }])("may have any statusDetails: %j", (statusDetails) => {
    expect(parse({ statusDetails })).toEqual(succeeded);
  });

  test.each([JOB_ID.toUpperCase(), "45aacd56-8ab0-49a2-8038-61e8dd3ae21f", null, undefined])(
    "may name its job %j",
    (jobId) => {
      expect(parse({ jobId })).toEqual(succeeded);
    },
  );
});

describe("a job that failed", () => {
  const error = { code: "StorageError", message: "It can't be written." };
  const failed = { status: "Failed", folderUrl: FOLDER, error: { ...error, inner: [] } };

  test.each([undefined, null, "Succeeded", "InProgress", "Failed", "FAILED", "Whatever"])(
    "is one with an error inside a 200 whose status is %j",
    (status) => {
      expect(parse({ status, error })).toEqual(failed);
    },
  );

  test.each(["Canceled", "canceled"])("is canceled where the status is %j", (status) => {
    expect(parse({ status, error })).toEqual({ ...failed, status: "Canceled" });
  });

  test("reports its statusDetails where it has no error", () => {
    const expected = { code: "Failed", message: "The disk is full.", inner: [] };
    expect(parse({ status: "Failed", statusDetails: "The disk is full." })).toEqual({ ...failed, error: expected });
  });

  test("reports that the HSM gave no reason where it gave none", () => {
    const report = parse({ status: "Canceled", statusDetails: null });
    expect(report).toMatchObject({
      error: { code: "Canceled", message: "The HSM reports Canceled and nothing else." },
    });
  });

  test("has the errors nested in its own, outermost first", () => {
    expect(parse({ error: nested })).toMatchObject({
      error: { code: "Level1", message: "at 1", inner: ["Level2: at 2", "Level3: at 3"] },
    });
  });

  test("may have a text as its error, or capitals in the names of its fields", () => {
    const words = { code: "noErrorCode", message: "boom", inner: [] };
    expect(parse({ error: "boom" })).toEqual({ ...failed, error: words });
    const InnerError = { Code: "Deep" };
    expect(parse({ error: undefined, Error: { Code: error.code, Message: error.message, InnerError } })).toEqual({
      ...failed,
      error: { ...error, inner: ["Deep"] },
    });
  });

  test("may have a code that is no text: its message counts", () => {
    expect(parse({ error: { code: 500, message: "boom" } })).toMatchObject({
      status: "Failed",
      error: { code: "noErrorCode", message: "boom" },
    });
  });

  test("leaves out nested errors that say nothing, and goes on below them", () => {
    const innererror = { ...NO_ERROR, innererror: { code: "Deep" } };
    expect(parse({ error: { ...error, innererror } })).toMatchObject({ error: { inner: ["Deep"] } });
  });

  test("takes code and message of a nested error where it has none of its own", () => {
    const innererror = { code: "AuthenticationFailed", message: "Bad signature." };
    expect(parse({ error: { ...NO_ERROR, innererror } })).toMatchObject({
      error: { ...innererror, inner: ["AuthenticationFailed: Bad signature."] },
    });
  });

  test.each([100, 100_000])("reads twenty of %i nested errors", (depth) => {
    const inner = `${'{"code":"Deep","innererror":'.repeat(depth)}null${"}".repeat(depth)}`;
    const report = parseText(`{"error":{"code":"Top","innererror":${inner}}}`);
    expect(report).toMatchObject({ status: "Failed", error: { code: "Top", inner: Array(20).fill("Deep") } });
  });

  test.each([["a text"], [["a list"]], [7], [{ code: 7, message: [] }]])(
    "isn't spoilt by a nested error that is %j",
    (innererror) => {
      expect(parse({ error: { ...error, innererror } })).toEqual(failed);
    },
  );
});
