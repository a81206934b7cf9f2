import { CallFailed } from "./call-failed.ts";
import type { Deps, ListedBlob } from "./deps.ts";

/** What a page holds at most (Blob Storage's own limit). */
const LISTED_AT_ONCE = 5_000;
/** Five million blobs: more than a ledger gathers in a century. */
const MOST_PAGES = 1_000;

/** All blobs of the ledger whose names begin so. @throws CallFailed also where the markers lead on for ever */
export async function listAll(deps: Deps, prefix: string): Promise<readonly ListedBlob[]> {
  const blobs: ListedBlob[] = [];
  const markers = new Set<string>();
  for (let marker: string | undefined; ; ) {
    const page = await deps.listBlobs(prefix, marker, LISTED_AT_ONCE);
    for (const blob of page.blobs) blobs.push(blob);
    marker = page.marker;
    if (marker === undefined) return blobs;
    if (markers.has(marker) || markers.size >= MOST_PAGES) throw endless(prefix);
    markers.add(marker);
  }
}

const endless = (prefix: string): CallFailed =>
  new CallFailed({
    operation: "list the ledger",
    target: prefix,
    reason: "unreadable",
    status: null,
    code: "endlessListing",
    said: "each page names one more, and they come to no end",
    remedy:
      "Something else than Azure Storage answered: check AzureWebJobsStorage, and what stands between the app and it.",
  });
