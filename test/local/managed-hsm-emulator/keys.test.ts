import { expect, test } from "vitest";
import { keyClient, useEmulatorWorld } from "./emulator-world.ts";
import { asObject, call, errorCode } from "./hsm-client.ts";

const FAST = { intervalInMs: 10 };

const world = useEmulatorWorld();

const namesOf = async (items: AsyncIterable<{ name: string }>): Promise<readonly string[]> => {
  const names: string[] = [];
  for await (const { name } of items) names.push(name);
  return names;
};

test("keys of every kind are made in the HSM, and only their public parts are shown", async () => {
  const { keys } = world();
  const rsa = await keys.createRsaKey("rsa", { keySize: 3072 });
  expect([rsa.keyType, rsa.key?.n?.length, rsa.key?.d]).toEqual(["RSA-HSM", 384, undefined]);
  const ec = await keys.createEcKey("ec", { curve: "P-256K" });
  expect([ec.keyType, ec.key?.crv, ec.key?.x?.length, ec.key?.d]).toEqual(["EC-HSM", "P-256K", 32, undefined]);
  const oct = await keys.createOctKey("oct", { keySize: 256, hsm: true });
  expect([oct.keyType, oct.key?.k]).toEqual(["oct-HSM", undefined]);
});

test("a key has its attributes, tags and operations, and they can be changed", async () => {
  const { keys } = world();
  const expiresOn = new Date("2030-01-01T00:00:00Z");
  const made = await keys.createEcKey("described", { expiresOn, enabled: false, tags: { a: "1" }, keyOps: ["sign"] });
  expect(made.properties).toMatchObject({
    expiresOn,
    enabled: false,
    tags: { a: "1" },
    recoverableDays: 90,
    name: "described",
  });
  expect(made.keyOperations).toEqual(["sign"]);
  const changed = await keys.updateKeyProperties("described", { enabled: true, tags: { b: "2" } });
  expect(changed.properties).toMatchObject({ expiresOn, enabled: true, tags: { b: "2" } });
});

test("a new version comes beside the old ones", async () => {
  const { keys } = world();
  const first = await keys.createEcKey("twice");
  const second = await keys.createEcKey("twice");
  expect(first.properties.version).not.toBe(second.properties.version);
  expect((await keys.getKey("twice")).properties.version).toBe(second.properties.version);
  const old = await keys.getKey("twice", { version: first.properties.version ?? "" });
  expect(old.key?.x).toEqual(first.key?.x);
  expect(await namesOf(keys.listPropertiesOfKeyVersions("twice"))).toEqual(["twice", "twice"]);
});

test("the id of a key is an address that answers with it", async () => {
  const { keys } = world();
  const made = await keys.createEcKey("addressed");
  const { origin, pathname } = new URL(made.id ?? "");
  const answer = await call(origin, "GET", pathname.slice(1));
  expect(asObject(answer.body.key).kid).toBe(made.id);
  expect((await call(origin, "GET", "keys/addressed/0000")).status).toBe(404);
});

test("the official client manages keys at the root of the HSM's own port", async () => {
  const { keys, contosoRoot } = world();
  const atRoot = keyClient(contosoRoot);
  const made = await atRoot.createEcKey("rooted");
  expect(made.id).toBe(`${contosoRoot}/keys/rooted/${made.properties.version}`);
  expect(made.properties.vaultUrl).toBe(contosoRoot);
  expect((await keys.getKey("rooted")).id).toBe(made.id);
  const deleted = await (await atRoot.beginDeleteKey("rooted", FAST)).pollUntilDone();
  expect(deleted.properties.recoveryId).toBe(`${contosoRoot}/deletedkeys/rooted`);
  await atRoot.purgeDeletedKey("rooted");
});

test("a deleted key can be recovered, or purged, and its name is taken until then", async () => {
  const { contoso, keys } = world();
  await keys.createEcKey("gone");
  const deleted = await (await keys.beginDeleteKey("gone", FAST)).pollUntilDone();
  expect(deleted.properties.recoveryId).toBe(`${contoso}/deletedkeys/gone`);
  expect(deleted.properties.scheduledPurgeDate?.getTime()).toBeGreaterThan(
    deleted.properties.deletedOn?.getTime() ?? Infinity,
  );
  await expect(keys.getKey("gone")).rejects.toMatchObject({ statusCode: 404, code: "KeyNotFound" });
  await expect(keys.createEcKey("gone")).rejects.toMatchObject({ statusCode: 409 });
  expect(await namesOf(keys.listDeletedKeys())).toContain("gone");

  await (await keys.beginRecoverDeletedKey("gone", FAST)).pollUntilDone();
  expect((await keys.getKey("gone")).name).toBe("gone");
  await (await keys.beginDeleteKey("gone", FAST)).pollUntilDone();
  await keys.purgeDeletedKey("gone");
  expect(await namesOf(keys.listDeletedKeys())).not.toContain("gone");
  expect((await keys.createEcKey("gone")).name).toBe("gone");
});

test("a long list comes page by page, by name, and holds each key once", async () => {
  const { fabrikam } = world();
  const client = keyClient(fabrikam);
  const names = Array.from({ length: 30 }, (_, index) => `key-${String(index).padStart(2, "0")}`);
  for (const name of names) await client.createOctKey(name, { hsm: true });
  expect(await namesOf(client.listPropertiesOfKeys())).toEqual(names);
  const sizes: number[] = [];
  for await (const page of client.listPropertiesOfKeys().byPage({ maxPageSize: 12 })) sizes.push(page.length);
  expect(sizes).toEqual([12, 12, 6]);
});

test.each([
  ["a name with a dot", "a.b", { kty: "EC" }, "key-name"],
  ["no type", "a", {}, "kty"],
  ["an unknown type", "a", { kty: "DSA" }, "kty"],
  ["an unknown curve", "a", { kty: "EC", crv: "P-1" }, "crv"],
  ["a size that isn't made", "a", { kty: "RSA", key_size: 1024 }, "key_size"],
  ["an attribute of another type", "a", { kty: "EC", attributes: { enabled: 1 } }, "attributes.enabled"],
  ["tags that are no strings", "a", { kty: "EC", tags: { n: 1 } }, "tags.n"],
])("a key with %s is refused, naming it", async (_, name, body, part) => {
  const { contoso } = world();
  const refused = await call(contoso, "POST", `keys/${name}/create`, { body });
  expect([refused.status, errorCode(refused)]).toEqual([400, "BadParameter"]);
  expect(asObject(refused.body.error).message).toEqual(expect.stringContaining(part));
});
