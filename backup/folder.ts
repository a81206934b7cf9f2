import { redact } from "./secret.ts";

/** Where a folder that the HSM named lies, seen from the run's own container. */
export type FolderPlace =
  | { readonly place: "inside"; readonly folder: string; readonly folderUrl: string }
  | { readonly place: "none" }
  | { readonly place: "elsewhere" };

/** A URL that the HSM named, without its query and fragment, where a SAS would stand. */
export function bareUrl(text: string | null): string | null {
  if (text === null) return null;
  if (!URL.canParse(text)) return redact(text);
  const { origin, protocol, host, pathname } = new URL(text);
  return origin === "null" ? redact(`${protocol}//${host}${pathname}`) : redact(`${origin}${pathname}`);
}

/**
 * Judges the folder URL of a job against the account and container of its run. A query (which could be a SAS) and slashes
 * at the end are dropped; a path that climbs out of the container is elsewhere.
 */
export function locateFolder(folderUrl: string | null, storageUrl: string, container: string): FolderPlace {
  if (folderUrl === null || folderUrl.trim() === "") return { place: "none" };
  const url = URL.canParse(folderUrl) ? new URL(folderUrl) : undefined;
  const own = URL.parse(`${storageUrl.replace(/\/+$/, "")}/${container}`);
  if (url === undefined || own === null || url.origin !== own.origin) return { place: "elsewhere" };
  const path = decoded(url.pathname)?.replace(/\/+/g, "/").replace(/\/$/, "");
  if (path === own.pathname) return { place: "none" };
  if (path === undefined || !path.startsWith(`${own.pathname}/`)) return { place: "elsewhere" };
  const folder = path.slice(own.pathname.length + 1);
  if (folder.split("/").includes("..")) return { place: "elsewhere" };
  return { place: "inside", folder, folderUrl: `${url.origin}${url.pathname.replace(/\/+$/, "")}` };
}

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}
