import { expect, test } from "vitest";
import { findSecrets } from "./find-secrets.ts";

const KNOWN = ["k3y-0f-this-w0rld"];

test.each([
  ["the signature of a SAS", "https://a/b?sv=2024&sig=abc%3D"],
  ["a token", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0."],
  ["a header with a token", "Authorization: Bearer abcdefghijklmn"],
  ["an account key", "AccountName=a;AccountKey=abc"],
  ["a secret of this world, as it is", `{"header":"${KNOWN[0]}"}`],
])("%s is found, and its finding does not repeat it", (_, text) => {
  const findings = findSecrets([{ where: "a log line", text }], KNOWN);
  expect(findings).toEqual([{ kind: "leaked", what: expect.stringContaining("a log line: ") }]);
  expect(JSON.stringify(findings)).not.toContain("abc");
  expect(JSON.stringify(findings)).not.toContain(KNOWN[0]);
});

test("what was redacted is no secret, and a place is one finding", () => {
  expect(findSecrets([{ where: "a log line", text: "sv=2024&sig=[secret] Bearer [secret]" }], KNOWN)).toEqual([]);
  const twice = { where: "a log line", text: "sig=abc" };
  expect(findSecrets([twice, twice], KNOWN)).toHaveLength(1);
});
