import { describe, expect, test } from "vitest";
import { describeAudit, readAudit } from "../../scripts/audit.ts";

const REPORT = {
  auditReportVersion: 2,
  vulnerabilities: {},
  metadata: { vulnerabilities: { total: 0 }, dependencies: { prod: 87, dev: 200, total: 287 } },
};
const ADVISORY = { source: 1, name: "undici", title: "A leak", url: "https://example.com/GHSA-1", severity: "high" };
const VULNERABLE = {
  ...REPORT,
  vulnerabilities: {
    undici: { name: "undici", severity: "high", range: "<6.24.0", via: [ADVISORY] },
    pipeline: { name: "pipeline", severity: "moderate", range: "*", via: ["undici"] },
  },
};
const REFUSED = { message: "405 Method Not Allowed - POST https://user:pw@registry.example/x", statusCode: 405 };
const SILENT = { message: "request to https://user:pw@registry.example failed", error: { summary: "", detail: "" } };

const described = (document: unknown, mayBeUnreachable = false) =>
  describeAudit(readAudit(JSON.stringify(document)), mayBeUnreachable);

describe("an audit", () => {
  test("without findings says how many packages were audited, and passes", () => {
    expect(described(REPORT)).toEqual({ lines: ["audited: no known vulnerability in 87 packages"], exitCode: 0 });
  });

  test.each([true, false])("with findings names each, and fails; with the switch: %s", (mayBeUnreachable) => {
    expect(described(VULNERABLE, mayBeUnreachable)).toEqual({
      lines: [
        "high  undici <6.24.0: A leak (https://example.com/GHSA-1)",
        "moderate  pipeline *: through undici",
        "audited: 2 vulnerable packages",
      ],
      exitCode: 1,
    });
  });

  test.each([
    ["answers 405", REFUSED, "the registry has no advisories for npm (HTTP 405)"],
    ["answers 400", { ...REFUSED, statusCode: 400 }, "the registry has no advisories for npm (HTTP 400)"],
    ["isn't there", SILENT, "the registry didn't answer"],
    ["has no name", { error: { code: "ENOTFOUND" } }, "the registry didn't answer (ENOTFOUND)"],
  ])("whose registry %s says so, and passes only with the switch", (_what, document, why) => {
    expect(described(document)).toEqual({ lines: [`not audited: ${why}`], exitCode: 1 });
    expect(described(document, true)).toEqual({ lines: [`not audited: ${why}`], exitCode: 0 });
  });

  test.each([
    ["a lock file that is missing", JSON.stringify({ error: { code: "ENOLOCK", summary: "no lock file" } })],
    ["a text that is no JSON", "npm error"],
    ["nothing", ""],
    ["a list", "[]"],
    ["an empty object", "{}"],
    ["a report of no packages", JSON.stringify({ vulnerabilities: {}, metadata: { dependencies: { prod: 0 } } })],
  ])("that came to %s fails, with the switch too", (_what, json) => {
    const { lines, exitCode } = describeAudit(readAudit(json), true);
    expect(lines.join()).toMatch(/^not audited: npm /);
    expect(exitCode).toBe(1);
  });
});
