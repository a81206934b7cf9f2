import fc from "fast-check";

/** What must not be found in an answer, a log line or a problem, in any of the shapes below. */
export const MARK = "T0pS3cretMark";

/** Secrets as they are pasted: a SAS, a token, a connection string. Each holds the mark. */
export const SECRETS: readonly string[] = [
  `sv=2024-11-04&se=2026-11-24T03%3A00%3A04Z&sr=c&sp=crdw&spr=https&sig=${MARK}%2Bx%3D`,
  `?sig=${MARK}`,
  `https://backups.blob.core.windows.net/c?sp=r&sig=${MARK}`,
  `Bearer ${MARK}.${MARK}`,
  `eyJhbGciOiJub25lIn0.${MARK}.${MARK}`,
  `DefaultEndpointsProtocol=https;AccountName=host;AccountKey=${MARK}==;EndpointSuffix=core.windows.net`,
  `BlobEndpoint=https://x.blob.core.windows.net;SharedAccessSignature=${MARK}`,
];

const ODD = [
  "",
  " ",
  "__proto__",
  "constructor",
  "toString",
  "..",
  "../../hsms/fabrikam",
  "..%2f..%2fhsms%2ffabrikam",
  "contoso/../fabrikam",
  "contoso\u0000",
  "CONTOSO",
  "cоntoso",
  "%00",
  "%",
  "\\..\\",
  "\ud800",
  "\u202efdp",
  "NaN",
  "null",
  "a".repeat(5_000),
  "💥".repeat(500),
];

/** Any text: odd ones, secrets, all of Unicode and lone surrogates. */
export const anyText = fc.oneof(
  fc.constantFrom(...ODD),
  fc.constantFrom(...SECRETS),
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.string({ unit: "grapheme", maxLength: 40 }),
  fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)), maxLength: 10 }),
);

/** Whether nothing of a planted secret, nor of one that the fakes minted, is in a text. */
export const isClean = (text: string): boolean => {
  const lower = text.toLowerCase();
  return !lower.includes(MARK.toLowerCase()) && !lower.includes("fake-signature");
};

/** Names of JavaScript's own properties, and others. */
export const anyKey = fc.oneof(
  fc.constantFrom("__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "", "hsm ", "HSM"),
  fc.string({ unit: "grapheme", maxLength: 80 }),
);

/** Any JSON value, with texts as above. */
export const anyJson: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.oneof(anyText, fc.double(), fc.maxSafeInteger(), fc.boolean(), fc.constantFrom(null, 0, -1, 2 ** 53, 1e308)),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.array(fc.tuple(anyKey, tie("value")), { maxLength: 4 }).map((entries) => Object.fromEntries(entries)),
  ),
})).value;
