import fc from "fast-check";
import { SAS, TOKEN } from "../../azure/secrets.ts";

/** The run's own account and container. */
export const STORAGE_URL = "https://backups.blob.core.windows.net";
export const CONTAINER = "mhsm-backup-contoso-2026-11-23";
const OWN = `${STORAGE_URL}/${CONTAINER}`;

/** Ids that would lead an address elsewhere if they were put into it as they are. */
export const jobIds: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    "",
    " ",
    ".",
    "..",
    "%2e%2e",
    "../..",
    "a/../../keys",
    "..%2f..%2fkeys",
    "a\\..\\..\\keys",
    "a?api-version=1&x=",
    "a#b",
    "@elsewhere.example",
    "//elsewhere.example/",
    "https://elsewhere.example/backup/a",
    "a\r\nx-evil: 1",
    "a\u0000b",
    "a b",
    "a\tb",
    "\ud800",
    "\u202egpj.a",
    "ünïcödé-☃",
    "x".repeat(200),
    "x".repeat(201),
    "x".repeat(100_000),
    SAS,
    TOKEN,
    "__proto__",
  ),
  fc.string({ unit: "binary", maxLength: 20 }),
  fc.string({
    unit: fc.constantFrom("..", "/", "\\", "%", "2f", "?", "#", "@", ":", "a", "\r\n", " ", ";"),
    maxLength: 12,
  }),
  fc.uuid(),
);

const hosts = fc.constantFrom(
  STORAGE_URL,
  "http://backups.blob.core.windows.net",
  `${STORAGE_URL}:8443`,
  "https://backups.blob.core.windows.net.elsewhere.example",
  "https://elsewhere.example",
  "https://user:password@backups.blob.core.windows.net",
  "https://backups.blob.core.windows.net@elsewhere.example",
  "https://elsewhere.example\\@backups.blob.core.windows.net",
  "https://BACKUPS.blob.core.windows.net",
  "//backups.blob.core.windows.net",
  "javascript:alert(1)//",
  "",
);
const segments = fc.array(
  fc.constantFrom(
    CONTAINER,
    `${CONTAINER}x`,
    "folder",
    ".folder",
    "..",
    ".",
    "%2e%2e",
    "%2E.",
    "%2f",
    "..%2f..",
    "%00",
    "%",
    "",
    " ",
    "\\..",
    "ü",
    "@",
  ),
  { maxLength: 5 },
);
const queries = fc.constantFrom("", `?${SAS}`, `#${SAS}`, `%3F${encodeURIComponent(SAS)}`, `/${TOKEN}`, "?", "//");

/** Where an HSM may say that it wrote: mostly not in the run's own container. */
export const folderUrls: fc.Arbitrary<string> = fc.oneof(
  fc.tuple(hosts, segments, queries).map(([host, path, query]) => `${host}/${path.join("/")}${query}`),
  fc.tuple(segments, queries).map(([path, query]) => `${OWN}/${path.join("/")}${query}`),
  fc.constantFrom("not a URL", " ", `${OWN}/${"x".repeat(3_000)}`, SAS),
  fc.webUrl(),
);

/** Texts over which a careless expression would sit for minutes; each below the megabyte that an answer may have. */
export const LABORIOUS: readonly (readonly [string, string])[] = [
  ["tokens begun over and over", "-eyJ".repeat(200_000)],
  ["one long word and another", `${"x".repeat(15_900)} ${"y".repeat(800_000)}`],
  ["signatures escaped over and over", `sig%${"25".repeat(400_000)}`],
  ["Bearer and no token", "Bearer ".repeat(110_000)],
  ["blanks", `Bearer${" ".repeat(800_000)}x`],
  ["almost keys", `${"A".repeat(42)}-`.repeat(18_000)],
  ["hidden characters", "\u202e".repeat(250_000)],
];
