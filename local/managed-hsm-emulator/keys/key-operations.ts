import { randomUUID } from "node:crypto";
import type { Emulator, Hsm } from "../hsm.ts";
import type { Answer, Request } from "../wire/answer.ts";
import {
  type Fields,
  optionalBoolean,
  optionalNumber,
  optionalStringMap,
  optionalStrings,
  parseFields,
} from "../wire/fields.ts";
import { badParameter, keyIsDeleted } from "../wire/key-vault-error.ts";
import type { KeyOperation } from "../wire/operations.ts";
import { describeKey } from "./key-answer.ts";
import { listKeys, listVersions } from "./key-list.ts";
import { makeKey } from "./key-material.ts";
import { findDeletedKey, findLiveKey, findVersion, latest } from "./key-store.ts";
import type { KeyVersion, StoredKey } from "./stored-key.ts";

type KeyHandler = (emulator: Emulator, hsm: Hsm, request: Request) => Answer | Promise<Answer>;

const KEY_NAME = /^[0-9A-Za-z-]{1,127}$/;
const TIME = { min: 0, whole: true } as const;

/** One handler for each operation on keys. */
export const KEY_OPERATIONS: Readonly<Record<KeyOperation, KeyHandler>> = {
  createKey: async (emulator, hsm, request) => {
    const { name } = request.route;
    if (!KEY_NAME.test(name)) throw badParameter("key-name: expected up to 127 letters, digits and dashes.");
    const fields = parseFields(request.body);
    const given = readGiven(fields);
    const { keyType, material, operations } = await makeKey(fields);
    const now = toSeconds(emulator.now());
    const id = randomUUID().replaceAll("-", "");
    const version = { id, keyType, material, operations, enabled: true, created: now, updated: now, ...given };
    const existing = hsm.keys.get(name);
    if (existing?.deletedAt !== undefined) throw keyIsDeleted(name);
    return keep(hsm, request, { name, versions: [...(existing?.versions ?? []), version] }, version);
  },

  getKey: (_emulator, hsm, request) => {
    const key = findLiveKey(hsm, request.route.name);
    return answer(hsm, request, key, findVersion(key, request.route.version));
  },

  updateKey: (emulator, hsm, request) => {
    const key = findLiveKey(hsm, request.route.name);
    const old = findVersion(key, request.route.version);
    const given = readGiven(parseFields(request.body));
    const changed: KeyVersion = { ...old, ...given, updated: toSeconds(emulator.now()) };
    const versions = key.versions.map((version) => (version === old ? changed : version));
    return keep(hsm, request, { ...key, versions }, changed);
  },

  deleteKey: (emulator, hsm, request) => {
    const key = findLiveKey(hsm, request.route.name);
    return keep(hsm, request, { ...key, deletedAt: toSeconds(emulator.now()) }, latest(key));
  },

  getDeletedKey: (_emulator, hsm, request) => {
    const key = findDeletedKey(hsm, request.route.name);
    return answer(hsm, request, key, latest(key));
  },

  purgeKey: (_emulator, hsm, request) => {
    hsm.keys.delete(findDeletedKey(hsm, request.route.name).name);
    return { status: 204 };
  },

  recoverKey: (_emulator, hsm, request) => {
    const { deletedAt: _, ...live } = findDeletedKey(hsm, request.route.name);
    return keep(hsm, request, live, latest(live));
  },

  listKeys: (_emulator, hsm, request) => listKeys(hsm, request, false),
  listDeletedKeys: (_emulator, hsm, request) => listKeys(hsm, request, true),
  listKeyVersions: (_emulator, hsm, request) => listVersions(hsm, request),
};

function readGiven(fields: Fields): Partial<KeyVersion> {
  const operations = optionalStrings(fields, "key_ops");
  const tags = optionalStringMap(fields, "tags");
  const attributes = parseFields(fields.attributes ?? {}, "attributes.");
  const enabled = optionalBoolean(attributes, "enabled", "attributes.");
  const notBefore = optionalNumber(attributes, "nbf", TIME, "attributes.");
  const expires = optionalNumber(attributes, "exp", TIME, "attributes.");
  return {
    ...(operations === undefined ? {} : { operations }),
    ...(tags === undefined ? {} : { tags }),
    ...(enabled === undefined ? {} : { enabled }),
    ...(notBefore === undefined ? {} : { notBefore }),
    ...(expires === undefined ? {} : { expires }),
  };
}

function keep(hsm: Hsm, request: Request, key: StoredKey, version: KeyVersion): Answer {
  hsm.keys.set(key.name, key);
  return answer(hsm, request, key, version);
}

const answer = (hsm: Hsm, request: Request, key: StoredKey, version: KeyVersion): Answer => ({
  status: 200,
  body: describeKey(hsm, request, key, version),
});

const toSeconds = (time: Date): number => Math.floor(time.getTime() / 1000);
