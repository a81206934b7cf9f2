import { describe, expect, it } from "vitest";
import { isContainerOf, isHsmName } from "../../../backup/model/names.ts";

describe("the name of an HSM", () => {
  it.each(["contoso", "abc", "a1b", "contoso-hsm-2", "a".repeat(24)])("can be %s", (name) => {
    expect(isHsmName(name)).toBe(true);
  });

  it.each([
    ["nothing", ""],
    ["two letters", "ab"],
    ["25 letters", "a".repeat(25)],
    ["a digit first", "1abc"],
    ["a hyphen first", "-abc"],
    ["a hyphen last", "abc-"],
    ["two hyphens in a row", "ab--cd"],
    ["capitals", "Contoso"],
    ["a dot", "con.toso"],
    ["a slash", "con/toso"],
    ["dots that climb", "../hsms"],
    ["a new line at the end", "contoso\n"],
    ["another alphabet", "contosoé"],
  ])("can't be %s", (_what, name) => {
    expect(isHsmName(name)).toBe(false);
  });
});

describe("a container", () => {
  it.each([
    ["mhsm-backup-contoso-2026-11-23", true],
    ["another-prefix-contoso-2020-01-01", true],
    ["mhsm-backup-fabrikam-2026-11-23", false],
    ["mhsm-backup-xcontoso-2026-11-23", false],
    ["contoso-2026-11-23", false],
    ["a/../b-contoso-2026-11-23", false],
    ["", false],
  ])("%s belongs to contoso: %s", (container, expected) => {
    expect(isContainerOf("contoso", container)).toBe(expected);
  });
});
