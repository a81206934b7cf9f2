import { format, inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { redact, secret } from "../../../backup/model/secret.ts";
import { SAS, SIGNATURE, STORAGE } from "../samples.ts";

const VALUE = "hunter2-the-value";

describe("a secret", () => {
  const kept = secret(VALUE);

  it("gives its value through reveal() alone", () => {
    expect(kept.reveal()).toBe(VALUE);
  });

  it.each([
    ["String()", () => String(kept)],
    ["a template", () => `${kept}`],
    ["joining a list", () => [kept].join()],
    ["toString", () => kept.toString()],
  ])("prints as [secret] by %s", (_way, print) => {
    expect(print()).toBe("[secret]");
  });

  it.each([
    ["JSON", () => JSON.stringify({ kept, list: [kept] })],
    ["JSON of its copy", () => JSON.stringify({ ...kept })],
    ["inspect", () => inspect({ kept })],
    ["inspect of everything hidden", () => inspect(kept, { showHidden: true, depth: 9, customInspect: false })],
    ["inspect of its copy", () => inspect({ ...kept })],
    ["format %s %o %O %j", () => format("%s %o %O %j", kept, kept, kept, kept)],
    ["an error's message", () => inspect(new Error(`refused ${kept}`, { cause: kept }))],
    ["its keys and values", () => Object.entries(kept).flat().map(String).join()],
  ])("doesn't show its value by %s", (_way, print) => {
    expect(print()).not.toContain(VALUE);
  });

  it("can't be changed into another", () => {
    expect(Object.isFrozen(kept)).toBe(true);
  });
});

const JWT = "eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJodHRwcyJ9.c2lnbmF0dXJl-_x";

describe("redacting", () => {
  it.each([
    ["a SAS URL", `PUT ${STORAGE}/c?${SAS} was refused`, SIGNATURE],
    ["a SAS alone", SAS, SIGNATURE],
    ["a signature that comes first", `sig=${SIGNATURE}&se=2026`, SIGNATURE],
    ["a SAS in JSON", JSON.stringify({ token: SAS }), SIGNATURE],
    ["a SAS in XML", `<Uri>https://x/c?${SAS.replaceAll("&", "&amp;")}</Uri>`, SIGNATURE],
    ["a SAS in JSON whose ampersands are escaped", `"restype=container\\u0026sig=${SIGNATURE}"`, SIGNATURE],
    [
      "a SAS URL inside another URL",
      `https://x/?to=${encodeURIComponent(`https://y/c?sig=${SIGNATURE}`)}`,
      "secretSig",
    ],
    ["a SAS in capitals", `SIG=${SIGNATURE}`, SIGNATURE],
    ["a bearer token", "Authorization: Bearer abcDEF123456.-_~+/=", "abcDEF123456"],
    ["a bearer token that is a JWT", `authorization: bearer ${JWT}`, "c2lnbmF0dXJl"],
    ["a JWT alone", `{"access_token":"${JWT}"}`, "c2lnbmF0dXJl"],
    ["the payload of a JWT", `token ${JWT}.`, "eyJhdWQiOiJodHRwcyJ9"],
    ["an account key", "AccountName=a;AccountKey=Zm9vL2Jhcg+/==;EndpointSuffix=core.windows.net", "Zm9vL2Jhcg"],
    ["a SAS in a connection string", `BlobEndpoint=https://a;SharedAccessSignature=${SAS}`, SIGNATURE],
    ["a function key", "https://app.azurewebsites.net/api/backups?code=aB3xyz9w==", "aB3xyz9w"],
  ])("takes out %s", (_what, text, hidden) => {
    expect(redact(text)).not.toContain(hidden);
    expect(redact(text)).toContain("[secret]");
  });

  it("leaves what surrounds a secret, so that the text still explains itself", () => {
    const redacted = redact(`AccountName=a;AccountKey=Zm9v==;EndpointSuffix=core.windows.net`);
    expect(redacted).toMatch(/^AccountName=a;.*\[secret\];EndpointSuffix=core\.windows\.net$/);
    expect(redact(`could not PUT ${STORAGE}/c?${SAS} (403)`)).toMatch(
      /^could not PUT https:\/\/backups\S+\/c\?.*\(403\)$/,
    );
  });

  it.each([
    "AKV10000: Request is missing a Bearer or PoP token.",
    "There is already a backup in progress (status=409).",
    "Grant 'Managed HSM Backup' at scope /, then wait a few minutes.",
    "The signature has expired; the token was issued for another tenant.",
    "https://contoso.managedhsm.azure.net/backup/45aacd568ab049a2803861e8dd3ae21f/pending",
    "could not start a full backup (contoso, HTTP 403, Forbidden): no role.",
    "",
  ])("leaves ordinary words alone: %s", (text) => {
    expect(redact(text)).toBe(text);
  });

  it("changes nothing the second time", () => {
    const once = redact(`Bearer ${JWT} ${SAS}`);
    expect(redact(once)).toBe(once);
  });
});
