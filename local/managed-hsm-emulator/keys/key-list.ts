import type { Hsm } from "../hsm.ts";
import type { Answer, Request } from "../wire/answer.ts";
import { badParameter } from "../wire/key-vault-error.ts";
import { describeItem } from "./key-answer.ts";
import { findLiveKey, latest } from "./key-store.ts";
import type { KeyVersion, StoredKey } from "./stored-key.ts";

const LARGEST_PAGE = 25;
const SKIP = "$skiptoken";

type Entry = readonly [StoredKey, KeyVersion];

/** One page of the HSM's keys, or of its deleted ones, by name. */
export function listKeys(hsm: Hsm, request: Request, isDeleted: boolean): Answer {
  const keys = [...hsm.keys.values()]
    .filter((key) => (key.deletedAt !== undefined) === isDeleted)
    .toSorted((one, other) => (one.name < other.name ? -1 : 1));
  const entries = keys.map((key): Entry => [key, latest(key)]);
  return makePage(hsm, request, entries, isDeleted ? "deletedkeys" : "keys", false);
}

/** One page of a key's versions, oldest first. @throws Refusal 404 */
export function listVersions(hsm: Hsm, request: Request): Answer {
  const key = findLiveKey(hsm, request.route.name);
  const entries = key.versions.map((version): Entry => [key, version]);
  return makePage(hsm, request, entries, `keys/${key.name}/versions`, true);
}

function makePage(
  hsm: Hsm,
  request: Request,
  entries: readonly Entry[],
  path: string,
  isListOfVersions: boolean,
): Answer {
  const size = readNumber(request.query, "maxresults", LARGEST_PAGE, 1, LARGEST_PAGE);
  const start = readNumber(request.query, SKIP, 0, 0, Number.MAX_SAFE_INTEGER);
  const end = start + size;
  const next = new URLSearchParams({ "api-version": request.version, maxresults: String(size), [SKIP]: String(end) });
  return {
    status: 200,
    body: {
      value: entries
        .slice(start, end)
        .map(([key, version]) => describeItem(hsm, request, key, version, isListOfVersions)),
      nextLink: end < entries.length ? `${request.base}/${path}?${next}` : null,
    },
  };
}

function readNumber(query: URLSearchParams, name: string, byDefault: number, min: number, max: number): number {
  const text = query.get(name);
  if (text === null) return byDefault;
  const value = Number(text);
  if (!Number.isInteger(value) || value < min || value > max) throw badParameter(`${name}: expected ${min} to ${max}.`);
  return value;
}
