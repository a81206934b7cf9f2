import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readHsms } from "../../backup/settings/read-hsms.ts";
import { anyText } from "./any-text.ts";

const REAL = /^[a-z][a-z0-9-]{1,22}[a-z0-9]\.managedhsm\.(azure\.net|usgovcloudapi\.net|azure\.cn)$/;
const LOOPBACK = /^(127\.\d+\.\d+\.\d+|localhost|\[::1\])$/;
const PREFIX = "mhsm-backup";

const schemes = fc.constantFrom(
  "https://",
  "https://",
  "https://",
  "HTTPS://",
  "https:/",
  "https:",
  "https:\\\\",
  "//",
  "",
  "http://",
  "ftp://",
  "javascript:",
  "blob:https://",
);
const users = fc.constantFrom(
  "",
  "",
  "",
  "me@",
  "me:word@",
  "contoso.managedhsm.azure.net@",
  "contoso.managedhsm.azure.net:443@",
  "%40@",
  "@",
);
const hosts = fc.constantFrom(
  "contoso.managedhsm.azure.net",
  "CONTOSO.ManagedHSM.Azure.NET",
  "contoso.managedhsm.azure.net.",
  "contoso.managedhsm.azure.net.evil.example",
  "contoso.managedhsm.azure.net%2eevil.example",
  "contoso.managedhsm.azure.net\u3002evil.example",
  "evil.example\\.managedhsm.azure.net",
  "evil.example\\@contoso.managedhsm.azure.net",
  "evil.example#.managedhsm.azure.net",
  "evil.example?.managedhsm.azure.net",
  "evil.example/.managedhsm.azure.net",
  "evil.example%2f.managedhsm.azure.net",
  "contoso\u3002managedhsm\uff0eazure\uff61net",
  "cont\u00f6so.managedhsm.azure.net",
  "cоntoso.managedhsm.azure.net",
  "contoso.managedhsm.azur\u0435.net",
  "contoso.evilmanagedhsm.azure.net",
  "managedhsm.azure.net",
  "contoso.managedhsm.azure.cn",
  "127.0.0.1",
  "127.1",
  "0x7f.1",
  "2130706433",
  "localhost",
  "localhost.evil.example",
  "127.0.0.1.evil.example",
  "[::1]",
  "[::ffff:127.0.0.1]",
  "169.254.169.254",
  "0.0.0.0",
);
const ends = fc.constantFrom(
  "",
  "",
  "/",
  ":443",
  ":443/",
  ":8443/contoso",
  ":0",
  "/contoso",
  "/contoso/..",
  "/..%2fcontoso",
  "/%2e%2e/contoso",
  "\\contoso",
  "?x",
  "#x",
  "#@evil.example",
  "@evil.example",
  ":80@evil.example",
  "\t",
  "%00",
  ";x",
  "//evil.example",
);
const anyUrl = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(schemes, users, hosts, ends).map((parts) => parts.join("")) },
  { weight: 1, arbitrary: fc.tuple(fc.constant("https://"), hosts, anyText).map((parts) => parts.join("")) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constant("https://"), anyText, fc.constantFrom(".managedhsm.azure.net"))
      .map((parts) => parts.join("")),
  },
  { weight: 1, arbitrary: fc.webUrl() },
);

describe("the URL of an HSM, whatever tricks it has", () => {
  test("is one of a Managed HSM domain or of loopback, over https, with nothing besides; or it is refused", () => {
    let accepted = 0;
    fc.assert(
      fc.property(fc.array(anyUrl, { minLength: 1, maxLength: 3 }), (urls) => {
        const { hsms, problems } = readHsms(urls.join(","), PREFIX);
        expect(hsms.length + problems.length).toBeGreaterThan(0);
        for (const { name, url } of hsms) {
          accepted++;
          const { protocol, hostname, port, username, password, search, hash, pathname, href } = new URL(url);
          expect([protocol, username, password, search, hash]).toEqual(["https:", "", "", "", ""]);
          const isReal = REAL.test(hostname);
          expect(isReal || LOOPBACK.test(hostname), url).toBe(true);
          if (isReal) expect([port, pathname, hostname.split(".")[0]]).toEqual(["", "/", name]);
          else expect(pathname).toBe(`/${name}`);
          // What is called is what was judged: no parser sees another host in it.
          expect([url, `${url}/`]).toContain(href);
        }
        expect(new Set(hsms.map(({ name }) => name)).size).toBe(hsms.length);
      }),
      { numRuns: 2_000 },
    );
    expect(accepted).toBeGreaterThan(50);
  });
});
