import { SASProtocol } from "@azure/storage-blob";
import { expect, test } from "vitest";
import { makeSas, type SasWish } from "../../container-sas.ts";
import { asObject, call, errorCode, follow } from "./hsm-client.ts";
import { usePlace } from "./stored-world.ts";
import { makeContainer } from "./world.ts";

const { world, place, startBackup } = usePlace({ uploadSeconds: 0 });

const wishes: readonly (readonly [string, SasWish, number, string])[] = [
  ["has expired", { startsInMinutes: -30, endsInMinutes: -1 }, 403, "SasExpired"],
  ["is not valid yet", { startsInMinutes: 10 }, 403, "SasNotYetValid"],
  ["lacks c", { permissions: "rdw" }, 403, "SasPermissionMissing"],
  ["lacks r", { permissions: "cdw" }, 403, "SasPermissionMissing"],
  ["lacks d", { permissions: "crw" }, 403, "SasPermissionMissing"],
  ["lacks w", { permissions: "crd" }, 403, "SasPermissionMissing"],
  ["allows http", { protocol: SASProtocol.HttpsAndHttp }, 400, "SasAllowsHttp"],
];

test.each(wishes)("a SAS that %s is refused at the start", async (_, wish, status, code) => {
  const sas = await makeSas(world().storage.service, place().container, wish);
  const refused = await startBackup(sas);
  expect([refused.status, errorCode(refused)]).toEqual([status, code]);
  expect(asObject(asObject(refused.body.error).innererror).code).toEqual(expect.any(String));
  expect(JSON.stringify(refused.body)).not.toContain(new URLSearchParams(sas).get("sig"));
});

const changes: readonly (readonly [string, (sas: URLSearchParams) => void, number, string])[] = [
  ["without a signature", (sas) => sas.delete("sig"), 400, "BadRequest"],
  ["with an end that is no time", (sas) => sas.set("se", "soon"), 400, "BadRequest"],
  ["without spr", (sas) => sas.delete("spr"), 400, "SasAllowsHttp"],
  ["for a blob", (sas) => sas.set("sr", "b"), 403, "SasWrongResource"],
  ["with another signature", (sas) => sas.set("sig", "AAAA"), 403, "SasNotForContainer"],
];

test.each(changes)("a SAS %s is refused at the start", async (_, change, status, code) => {
  const sas = new URLSearchParams(place().token);
  change(sas);
  const refused = await startBackup(sas.toString());
  expect([refused.status, errorCode(refused)]).toEqual([status, code]);
});

test("a malformed SAS is refused in the service's words", async () => {
  const message = "The customer provided SAS token is malformed. The SAS token does not contain the expiry field";
  const refused = await startBackup("bad_token");
  expect(refused.status).toBe(400);
  expect(refused.body).toEqual({ error: { code: "BadRequest", message, innererror: null } });
});

test("a SAS may have its question mark", async () => {
  const started = await startBackup(`?${place().token}`);
  expect(await follow(world().contoso, started, "backup")).toMatchObject({ status: "Succeeded" });
});

test("a SAS for another container is refused at the start, and in old versions by the job", async () => {
  const other = await makeSas(world().storage.service, await makeContainer(world().storage));
  const refused = await startBackup(other);
  expect([refused.status, errorCode(refused)]).toEqual([403, "SasNotForContainer"]);
  const started = await startBackup(other, "7.3");
  expect(await follow(world().contoso, started, "backup")).toMatchObject({
    status: "Failed",
    error: { code: "StorageError", innererror: { code: "AuthorizationFailure" } },
  });
});

test("a container that does not exist is refused at the start", async () => {
  const missing = world().storage.service.getContainerClient("missing");
  const body = { storageResourceUri: missing.url, token: await makeSas(world().storage.service, missing) };
  const refused = await call(world().contoso, "POST", "backup", { body });
  expect([refused.status, errorCode(refused)]).toEqual([400, "ContainerNotFound"]);
});

test("a storage that does not listen is refused at the start", async () => {
  const refused = await call(world().contoso, "POST", "backup", {
    body: { storageResourceUri: "https://127.0.0.1:1/account/box", token: place().token },
  });
  expect([refused.status, errorCode(refused)]).toEqual([400, "StorageUnreachable"]);
});
