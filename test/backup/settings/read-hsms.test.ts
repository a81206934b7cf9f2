import { describe, expect, it } from "vitest";
import { readHsms } from "../../../backup/settings/read-hsms.ts";
import { SAS, SIGNATURE } from "../samples.ts";

const read = (text: string, prefix = "mhsm-backup") => readHsms(text, prefix);
const CONTOSO = "https://contoso.managedhsm.azure.net";

describe("the URL of an HSM", () => {
  it.each([
    ["in the public cloud", CONTOSO, CONTOSO],
    ["with a slash at the end", `${CONTOSO}/`, CONTOSO],
    ["with its usual port", `${CONTOSO}:443/`, CONTOSO],
    ["in capitals", CONTOSO.toUpperCase(), CONTOSO],
    ["with spaces around it", `  ${CONTOSO} `, CONTOSO],
    ["for the US government", "https://contoso.managedhsm.usgovcloudapi.net", undefined],
    ["in China", "https://contoso.managedhsm.azure.cn", undefined],
    ["of an emulator", "https://127.0.0.1:8443/contoso", undefined],
    ["of an emulator with a slash at the end", "https://localhost:8443/contoso/", "https://localhost:8443/contoso"],
    ["of an emulator on IPv6", "https://[::1]:8443/contoso", undefined],
  ])("%s names it", (_where, text, url) => {
    expect(read(text)).toEqual({ hsms: [{ name: "contoso", url: url ?? text }], problems: [] });
  });

  it.each([
    ["is plain HTTP", "http://contoso.managedhsm.azure.net"],
    ["is plain HTTP on loopback", "http://127.0.0.1:8443/contoso"],
    ["is a key vault's", "https://contoso.vault.azure.net"],
    ["only ends alike", "https://contoso.xmanagedhsm.azure.net"],
    ["only begins alike", "https://contoso.managedhsm.azure.net.example.org"],
    ["has the domain in its path", "https://example.org/contoso.managedhsm.azure.net"],
    ["has the domain as a user", "https://contoso.managedhsm.azure.net@example.org"],
    ["has a user", "https://me@contoso.managedhsm.azure.net"],
    ["has a query", `${CONTOSO}?api-version=7.4`],
    ["has a fragment", `${CONTOSO}#keys`],
    ["has a path", `${CONTOSO}/keys`],
    ["has another port", `${CONTOSO}:8443`],
    ["has a name of two labels", "https://a.contoso.managedhsm.azure.net"],
    ["has no name", "https://managedhsm.azure.net"],
    ["has a name that is too short", "https://ab.managedhsm.azure.net"],
    ["has a name that is too long", `https://${"a".repeat(25)}.managedhsm.azure.net`],
    ["has no name on loopback", "https://127.0.0.1:8443/"],
    ["has more than a name on loopback", "https://127.0.0.1:8443/contoso/keys"],
    ["only looks like loopback", "https://127.0.0.1.example.org/contoso"],
    ["is in the private network", "https://10.0.0.4:8443/contoso"],
    ["is a name alone", "contoso"],
    ["is a host alone", "contoso.managedhsm.azure.net"],
  ])("that %s is one problem, with what was expected", (_what, text) => {
    const { hsms, problems } = read(text);
    expect(hsms).toEqual([]);
    expect(problems).toMatchObject([{ setting: "BACKUP_HSM_URLS", problem: expect.stringMatching(/^expected /) }]);
    expect(problems).toHaveLength(1);
  });

  it.each([
    ["in its query", `${CONTOSO}?${SAS}`],
    ["in its fragment", `${CONTOSO}#${SAS}`],
    ["as its password", `https://me:${SIGNATURE}@contoso.managedhsm.azure.net`],
    ["in its place", SAS],
    ["with a comma in it", `https://x.blob.core.windows.net/c?spr=https,http&sig=${SIGNATURE}`],
    ["with its question mark forgotten", `${CONTOSO}/${SAS}`],
    ["with its question mark encoded", `${CONTOSO}/c%3F${SAS}`],
  ])("that has a SAS %s is reported without it", (_where, text) => {
    const { problems } = read(text);
    expect(problems.length).toBeGreaterThan(0);
    expect(JSON.stringify(problems)).not.toContain(SIGNATURE);
  });
});

describe("the URLs of several HSMs", () => {
  it("are read in order, with commas between them", () => {
    const { hsms, problems } = read(`${CONTOSO}, https://fabrikam.managedhsm.azure.cn`);
    expect(hsms.map(({ name }) => name)).toEqual(["contoso", "fabrikam"]);
    expect(problems).toEqual([]);
  });

  it("lose only the wrong ones, with one problem for each", () => {
    const { hsms, problems } = read(`http://a.example,${CONTOSO},nonsense,https://fabrikam.managedhsm.azure.net`);
    expect(hsms.map(({ name }) => name)).toEqual(["contoso", "fabrikam"]);
    expect(problems).toHaveLength(2);
  });

  it.each([
    ["twice the same", `${CONTOSO},${CONTOSO}/`],
    ["two clouds", `${CONTOSO},https://contoso.managedhsm.azure.cn`],
    ["an emulator beside the real one", `${CONTOSO},https://127.0.0.1:8443/contoso`],
  ])("may not have two of one name: %s", (_what, text) => {
    const { hsms, problems } = read(text);
    expect(hsms).toEqual([{ name: "contoso", url: CONTOSO }]);
    expect(problems).toEqual([{ setting: "BACKUP_HSM_URLS", problem: expect.stringContaining("contoso") }]);
  });

  it.each(["", "  ", ",", " , ,"])("are expected, where there are none: %j", (text) => {
    expect(read(text)).toEqual({
      hsms: [],
      problems: [{ setting: "BACKUP_HSM_URLS", problem: expect.stringContaining("expected") }],
    });
  });

  it("lose the one whose containers' names would be too long", () => {
    const long = "a".repeat(24);
    const { hsms, problems } = read(`${CONTOSO},https://${long}.managedhsm.azure.net`, "p".repeat(28));
    expect(hsms.map(({ name }) => name)).toEqual(["contoso"]);
    expect(problems).toEqual([
      { setting: "BACKUP_CONTAINER_PREFIX", problem: expect.stringContaining(long), hsm: long },
    ]);
  });

  it.each([`${CONTOSO}/keys`, `${CONTOSO}:8443`, `${CONTOSO}?x`, `https://me@contoso.managedhsm.azure.net`])(
    "name the HSM of a wrong one where it still says which is meant: %s",
    (text) => {
      expect(read(text).problems).toMatchObject([{ hsm: "contoso" }]);
    },
  );
});
