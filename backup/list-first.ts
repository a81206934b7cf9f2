import { CallFailed } from "./call-failed.ts";
import type { Deps, ListedBlob } from "./deps.ts";
import { MINUTE, millis } from "./instant.ts";

/** What a page holds at most (Blob Storage's own limit). */
const LISTED_AT_ONCE = 5_000;
/** More than anybody has HSMs, and a record a day for half a century. */
const MOST_BLOBS = 20_000;
const MOST_PAGES = 100;
/** Others wait meanwhile. */
const LONGEST_LISTING = MINUTE;

/**
 * The first 20,000 blobs of the ledger whose names begin so, in the order of their names.
 * @throws CallFailed also where the pages come to no end, or not within a minute
 */
export async function listFirst(deps: Deps, prefix: string): Promise<readonly ListedBlob[]> {
  const begun = millis(deps.now());
  const blobs: ListedBlob[] = [];
  let marker: string | undefined;
  for (let pages = 0; pages < MOST_PAGES && millis(deps.now()) - begun < LONGEST_LISTING; pages++) {
    const page = await deps.listBlobs(prefix, marker, LISTED_AT_ONCE);
    blobs.push(...page.blobs);
    marker = page.marker;
    if (marker === undefined || blobs.length >= MOST_BLOBS) return blobs.slice(0, MOST_BLOBS);
  }
  throw endless(prefix);
}

const endless = (prefix: string): CallFailed =>
  new CallFailed({
    operation: "list the ledger",
    target: prefix,
    reason: "unreadable",
    status: 200,
    code: "endlessListing",
    said: `it came to no end within ${MOST_PAGES} pages and ${LONGEST_LISTING / MINUTE} minute`,
    remedy:
      "See whether the host's storage account is slow; else check AzureWebJobsStorage, and what stands between the app and that address.",
  });
