import fc from "fast-check";
import { SAS, TOKEN } from "../../azure/secrets.ts";

/** What may be between tags, or in their place. */
const XML_TEXTS: readonly string[] = [
  "",
  " ",
  "..",
  "../../a",
  "a\u0000b",
  "&#0;",
  "&#x110000;",
  "&unknown;",
  "&lt;script&gt;",
  "<![CDATA[x]]>",
  "<!-- x -->",
  "%2e%2e%2f",
  "%zz",
  "__proto__",
  "ünïcödé-☃\u202e",
  "\ud800",
  "<a/>",
  "<a><b>c</b></a>",
  '<a xmlns="x" b="c">d</a>',
  "x".repeat(20_000),
  TOKEN,
  SAS.replaceAll("&", "&amp;"),
  "true",
  "null",
  "-1",
  "NaN",
  "99999999999999999999999",
];

/** An answer with something wrong in one place: a tag gone, doubled or renamed, another text, a cut. */
export const mutated = (good: string): fc.Arbitrary<string> => {
  const tags = [...good.matchAll(/<[^>]+>/g)].map(({ 0: tag, index }) => ({ tag, index }));
  const at = fc.constantFrom(...tags);
  const replaced = ({ tag, index }: (typeof tags)[number], by: string): string =>
    good.slice(0, index) + by + good.slice(index + tag.length);
  return fc.oneof(
    at.map((each) => replaced(each, "")),
    at.map((each) => replaced(each, each.tag + each.tag)),
    fc.tuple(at, fc.constantFrom(...XML_TEXTS)).map(([each, text]) => replaced(each, each.tag + text)),
    // An element, whole, in another's place: its end tag, where it has one, is found by name.
    fc.tuple(at, fc.constantFrom(...XML_TEXTS)).map(([{ tag, index }, text]) => {
      const end = good.indexOf(tag.replace("<", "</"), index);
      return end === -1 ? good : good.slice(0, index + tag.length) + text + good.slice(end);
    }),
    fc.tuple(at, fc.constantFrom("a", "__proto__", "constructor", "BlobPrefix", "?xml")).map(([{ tag }, name]) => {
      const old = /^<[/?]?([\w-]+)/.exec(tag)?.[1] ?? "";
      return good.replaceAll(new RegExp(`(</?)${old}(?=[ >/])`, "g"), `$1${name}`);
    }),
    fc.nat({ max: good.length }).map((length) => good.slice(0, length)),
    fc
      .tuple(fc.nat({ max: good.length }), fc.string({ unit: "binary" }))
      .map(([index, text]) => good.slice(0, index) + text + good.slice(index)),
  );
};

const BOMB = `<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">${[..."bcdefgh"].map((each, index) => `<!ENTITY ${each} "${`&${"abcdefg"[index]};`.repeat(10)}">`).join("")}<!ENTITY file SYSTEM "file:///etc/passwd">]>`;

/** XML that is no answer to anything, and texts that are no XML. */
export const anyXml: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    "",
    "<",
    "<a",
    "<a/>",
    "{}",
    "<html><body>sign in</body></html>",
    "<EnumerationResults/>",
    "<EnumerationResults><Blobs/></EnumerationResults>",
    "<EnumerationResults>text</EnumerationResults>",
    `${BOMB}<EnumerationResults><Blobs><Blob><Name>&h;&h;</Name><Properties/></Blob></Blobs></EnumerationResults>`,
    `${BOMB}<EnumerationResults><Blobs><Blob><Name>&file;</Name><Properties/></Blob></Blobs></EnumerationResults>`,
    "<a>".repeat(3_000) + "</a>".repeat(3_000),
    `<a ${'b="c" '.repeat(3_000)}/>`,
    `<EnumerationResults><Blobs>${"<a>".repeat(50)}${"</a>".repeat(50)}</Blobs></EnumerationResults>`,
  ),
  fc.string({ unit: "binary" }),
  fc
    .constantFrom(...XML_TEXTS)
    .map((text) => `<EnumerationResults><Blobs><Blob>${text}</Blob></Blobs></EnumerationResults>`),
);
