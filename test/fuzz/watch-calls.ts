import type { Ports } from "../../backup/ports.ts";
import { VERBS } from "../steps/faults.ts";

/** The same ports, with a list of what was called: the verbs, the blobs of the ledger, the HSMs, and where they were sent. */
export function watchCalls(ports: Ports) {
  const calls: string[] = [];
  /** Blobs of the ledger that were read or written, and prefixes that were listed. */
  const names: string[] = [];
  /** The URLs of HSMs that were called. */
  const hosts: string[] = [];
  /** Containers that HSMs were sent to. */
  const urls: string[] = [];
  const counted: Ports = {
    ...ports,
    ...Object.fromEntries(
      VERBS.map((verb) => {
        const call: (...args: never[]) => Promise<unknown> = ports[verb];
        return [verb, (...args: never[]) => calls.push(verb) && call(...args)];
      }),
    ),
  };
  const watched: Ports = {
    ...counted,
    readBlob: (name) => {
      names.push(name);
      return counted.readBlob(name);
    },
    writeBlob: (blob) => {
      names.push(blob.name);
      return counted.writeBlob(blob);
    },
    listBlobs: (prefix, marker, limit) => {
      names.push(prefix);
      return counted.listBlobs(prefix, marker, limit);
    },
    startFullBackup: (hsm, target) => {
      hosts.push(hsm.url);
      urls.push(target.containerUrl);
      return counted.startFullBackup(hsm, target);
    },
    getBackupStatus: (hsm, jobId) => {
      hosts.push(hsm.url);
      return counted.getBackupStatus(hsm, jobId);
    },
  };
  return { ports: watched, calls, names, hosts, urls };
}
