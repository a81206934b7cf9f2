import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { containerName, isHsmName, makesValidContainers } from "../../../backup/model/names.ts";

// https://learn.microsoft.com/rest/api/storageservices/naming-and-referencing-containers--blobs--and-metadata
const isContainerName = (name: string): boolean => /^[a-z0-9-]{3,63}$/.test(name) && !/^-|-$|--/.test(name);

describe("a dated container", () => {
  it("is named {prefix}-{hsm}-{yyyy-MM-dd}", () => {
    expect(containerName("mhsm-backup", "contoso", "2026-11-23T02:00:00.000Z")).toBe("mhsm-backup-contoso-2026-11-23");
  });

  it.each([
    ["2026-11-23T00:00:00.000Z", "2026-11-23"],
    ["2026-11-23T23:59:59.999Z", "2026-11-23"],
    ["2026-01-02T23:59:59Z", "2026-01-02"],
  ])("of a run at %s has the day in UTC", (at, day) => {
    expect(containerName("p", "contoso", at)).toBe(`p-contoso-${day}`);
  });
});

describe("a prefix", () => {
  it.each([
    ["mhsm-backup", "contoso"],
    ["mhsm-backup", "a".repeat(24)],
    ["1", "abc"],
    ["a".repeat(27), "a".repeat(24)],
  ])("%s makes valid containers with %s", (prefix, hsm) => {
    expect(makesValidContainers(prefix, hsm)).toBe(true);
  });

  it.each([
    ["empty", "", "contoso"],
    ["in capitals", "Backup", "contoso"],
    ["with an underscore", "my_backup", "contoso"],
    ["with a dot", "my.backup", "contoso"],
    ["with a slash", "my/backup", "contoso"],
    ["with a hyphen first", "-backup", "contoso"],
    ["with a hyphen last", "backup-", "contoso"],
    ["with two hyphens in a row", "my--backup", "contoso"],
    ["with a space", "my backup", "contoso"],
    ["too long with the longest name", "a".repeat(28), "a".repeat(24)],
    ["that is one of Azure's own", "$logs", "contoso"],
  ])("that is %s makes none", (_what, prefix, hsm) => {
    expect(makesValidContainers(prefix, hsm)).toBe(false);
  });

  it("is valid exactly when Blob Storage takes what it makes, on any day", () => {
    const anyPrefix = fc.oneof(fc.string(), fc.stringMatching(/^[a-z0-9-]{0,40}$/));
    const anyHsm = fc.stringMatching(/^[a-z][a-z0-9-]{1,22}[a-z0-9]$/).filter(isHsmName);
    const anyDay = fc.date({ min: new Date("2026-01-01"), max: new Date("2199-12-31"), noInvalidDate: true });
    fc.assert(
      fc.property(anyPrefix, anyHsm, anyDay, (prefix, hsm, day) => {
        const name = containerName(prefix, hsm, day.toISOString());
        expect(makesValidContainers(prefix, hsm)).toBe(isContainerName(name));
      }),
      { numRuns: 500 },
    );
  });
});
