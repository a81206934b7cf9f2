import type { BlobPage, Metadata } from "../../backup/deps.ts";

/** What the SDK gives of a listing is what the answer had, whatever its types say. */
type Listed = { readonly name: unknown; readonly metadata?: unknown };

/**
 * A page of a listing, or what is wrong with it. The service ends a listing with an empty marker; a page may be empty and
 * still have one. A marker that leads to itself would be followed for ever.
 */
export function readPage(items: readonly Listed[], next: unknown, asked: string | undefined): BlobPage | string {
  const blobs = items.flatMap(({ name, metadata }) =>
    typeof name === "string" ? [{ name, metadata: textsOf(metadata) }] : [],
  );
  if (blobs.length < items.length) return "a blob of the listing has no name";
  if (next === undefined || next === "") return { blobs, marker: undefined };
  if (typeof next !== "string" || next === asked) return "the marker of the next page leads nowhere";
  return { blobs, marker: next };
}

/** What isn't text is left out: metadata is shown, and nothing hangs on it. */
function textsOf(metadata: unknown): Metadata {
  const entries = typeof metadata === "object" && metadata !== null ? Object.entries(metadata) : [];
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}
