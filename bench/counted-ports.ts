import type { Ports } from "../backup/ports.ts";

/**
 * The requests that a call of a port makes, where nothing fails. `round-trips.ts` counts the same on the wire. A folder
 * of more than 5,000 blobs takes one request for each 5,000. Tokens are held for hours.
 */
const REQUESTS = {
  readBlob: 1,
  writeBlob: 1,
  listBlobs: 1,
  sendMessage: 1,
  /** The container and the delegation key. */
  prepareTarget: 2,
  countBlobs: 1,
  writeManifest: 1,
  startFullBackup: 1,
  getBackupStatus: 1,
} as const;
export type Verb = keyof typeof REQUESTS;

export type Counter = { readonly ports: Ports; readonly requests: () => number; readonly verbs: () => readonly Verb[] };

/** The ports, with a count of what is called. */
export function countedPorts(ports: Ports): Counter {
  const seen: Verb[] = [];
  const counted =
    <Arguments extends readonly unknown[], Result>(verb: Verb, call: (...given: Arguments) => Result) =>
    (...given: Arguments): Result => {
      seen.push(verb);
      return call(...given);
    };
  return {
    requests: () => seen.reduce((sum, verb) => sum + REQUESTS[verb], 0),
    verbs: () => seen,
    ports: {
      ...ports,
      readBlob: counted("readBlob", ports.readBlob),
      writeBlob: counted("writeBlob", ports.writeBlob),
      listBlobs: counted("listBlobs", ports.listBlobs),
      sendMessage: counted("sendMessage", ports.sendMessage),
      prepareTarget: counted("prepareTarget", ports.prepareTarget),
      countBlobs: counted("countBlobs", ports.countBlobs),
      writeManifest: counted("writeManifest", ports.writeManifest),
      startFullBackup: counted("startFullBackup", ports.startFullBackup),
      getBackupStatus: counted("getBackupStatus", ports.getBackupStatus),
    },
  };
}
