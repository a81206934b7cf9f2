import { formatBytes, formatSeconds } from "./amounts.ts";
import type { RunView } from "./run-view.ts";
import type { Progress } from "./watch-run.ts";

/** One line with the state of a run that is still active. */
export const describeProgress = ({ run, written, seconds }: Progress): string =>
  `${run.hsm}: ${run.state} for ${formatSeconds(seconds)}, ${written.blobs} ${written.blobs === 1 ? "blob" : "blobs"} and ${formatBytes(written.bytes)} written`;

/** The end of a run: its outcome, and where its backup is. */
export function describeEnd(run: RunView): readonly string[] {
  const seconds = ((run.endedAt ?? run.startedAt).getTime() - run.startedAt.getTime()) / 1000;
  const rows: readonly (readonly [string, string | null])[] = [
    ["run", run.id],
    ["container", run.container],
    ["folder", run.folderUrl],
    ["blobs", run.blobCount === null ? null : String(run.blobCount)],
    ["bytes", run.bytes === null ? null : `${run.bytes} (${formatBytes(run.bytes)})`],
    ["error", run.error?.message ?? null],
    ["remedy", run.error?.remedy ?? null],
  ];
  const table = rows.flatMap(([name, value]) => (value === null ? [] : [`  ${name.padEnd(10)} ${value}`]));
  return [`${run.hsm}: ${run.state} after ${formatSeconds(seconds)}`, ...table];
}

/** The status page with the key in its fragment, which no server gets; the page takes it over. */
export const pageAddress = (url: string, key: string): string => `${url}/api/status#key=${key}`;

/** What a person may open or type next, while the world serves. */
export const describeNext = (url: string, key: string, hsm: string): readonly string[] => [
  "The app serves until Ctrl-C. Its status page, and its backups as JSON (the key is valid for this start only):",
  `  ${pageAddress(url, key)}`,
  `  curl -H "x-functions-key: ${key}" "${url}/api/backups?hsm=${hsm}"`,
];
