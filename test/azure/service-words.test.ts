import { describe, expect, test } from "vitest";
import { cleanerOf } from "../../azure/service-words.ts";
import { secret } from "../../backup/model/secret.ts";
import { SAS, secretsIn, TOKEN } from "./secrets.ts";

const clean = cleanerOf([secret(TOKEN), secret(SAS)]);
const LONG = 20_000;
const signature = new URLSearchParams(SAS).get("sig") ?? "";
const [header = "", claims = "", signed = ""] = TOKEN.split(".");

describe("a service's text", () => {
  test.each([
    ["the SAS", SAS],
    ["the SAS with a question mark", `?${SAS}`],
    ["the SAS, percent-encoded", encodeURIComponent(SAS)],
    ["the SAS, encoded twice", encodeURIComponent(encodeURIComponent(SAS))],
    ["the SAS, decoded", decodeURIComponent(SAS)],
    ["the SAS inside JSON that escapes &", SAS.replaceAll("&", "\\u0026").replaceAll("=", "\\u003d")],
    ["the SAS inside HTML", SAS.replaceAll("&", "&amp;")],
    ["the signature alone", `Signature did not match: ${signature}.`],
    ["the signature alone, percent-encoded", `Signature ${encodeURIComponent(signature)}`],
    ["the token", `Bearer ${TOKEN}`],
    ["the token's claims alone", `claims ${claims}!`],
    ["the token's signature alone", `signed ${signed}!`],
    ["the token glued to a word", `x_${header}.${claims}`],
  ])("keeps nothing of %s", (_what, echoed) => {
    const cleaned = clean(`Refused <${echoed}> here.`, LONG);
    expect(secretsIn(cleaned)).toEqual([]);
    expect(cleaned).not.toContain(signature.slice(0, 12));
    expect(cleaned).not.toContain(encodeURIComponent(signature).slice(0, 12));
    expect(cleaned).toMatch(/^Refused .*\[secret]/);
  });

  test("keeps nothing of another SAS or token either", () => {
    const cleaned = cleanerOf([])(
      `https://x/c?sv=1&sig=Zm9v%2Fbar and %26sig%3DZm9vYmFy, eyJhbGciOiJub25lIn0.e30.sig`,
      LONG,
    );
    expect(cleaned).not.toMatch(/Zm9v|eyJ/);
  });

  test("keeps no half of a secret where a very long text is cut", () => {
    for (let cut = 1; cut < TOKEN.length; cut += 7) {
      const cleaned = clean(`${"word ".repeat(3_200).slice(0, 16_000 - cut - 1)} ${TOKEN} and so on`, LONG);
      expect(cleaned).not.toContain(TOKEN.slice(0, 5));
    }
  });

  test("is left as it is where it holds no secret", () => {
    const said = "Not authorized to access Microsoft.KeyVault/managedHsm/backup/start/action on / (Activity ID: 1-2)";
    expect(clean(said, LONG)).toBe(said);
  });

  test("becomes one line without characters that steer a terminal", () => {
    expect(clean("a\r\n{\u001b[31mb\u202e\u0000c\td}", LONG)).toBe("a { [31mb c d}");
  });

  test("is cut to its limit, and never through a character", () => {
    expect(clean("x".repeat(100), 10)).toBe(`${"x".repeat(9)}…`);
    expect(clean("😀".repeat(100), 10)).toHaveLength(10);
    expect(clean("😀".repeat(100), 10).isWellFormed()).toBe(true);
  });

  test("is processed quickly, however odd it is", () => {
    const odd = ["eyJ-".repeat(100_000), "eyJa.".repeat(100_000), "sig".repeat(100_000), "%25".repeat(100_000)];
    const before = performance.now();
    for (const text of odd) clean(text, LONG);
    expect(performance.now() - before).toBeLessThan(2_000);
  });
});
