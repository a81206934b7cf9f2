import type { Deps } from "../../backup/deps.ts";

/** The same dependencies, with a list of what was called: the verbs, the blobs of the ledger, and the HSMs. */
export function watchCalls(deps: Deps) {
  const calls: string[] = [];
  /** Blobs of the ledger that were read or written, and prefixes that were listed. */
  const names: string[] = [];
  /** HSMs that were asked for anything. */
  const hosts: string[] = [];
  /** Containers that HSMs were sent to. */
  const urls: string[] = [];
  const watched: Deps = {
    ...deps,
    readBlob: (name) => {
      calls.push("readBlob");
      names.push(name);
      return deps.readBlob(name);
    },
    writeBlob: (blob) => {
      calls.push("writeBlob");
      names.push(blob.name);
      return deps.writeBlob(blob);
    },
    listBlobs: (prefix, marker, limit) => {
      calls.push("listBlobs");
      names.push(prefix);
      return deps.listBlobs(prefix, marker, limit);
    },
    wakeLater: (...args) => {
      calls.push("wakeLater");
      return deps.wakeLater(...args);
    },
    prepareTarget: (container) => {
      calls.push("prepareTarget");
      return deps.prepareTarget(container);
    },
    startFullBackup: (hsm, target) => {
      calls.push("startFullBackup");
      hosts.push(hsm.name);
      urls.push(target.containerUrl);
      return deps.startFullBackup(hsm, target);
    },
    getBackupStatus: (hsm, jobId) => {
      calls.push("getBackupStatus");
      hosts.push(hsm.name);
      return deps.getBackupStatus(hsm, jobId);
    },
  };
  return { deps: watched, calls, names, hosts, urls };
}
