import { CallFailed, type CallFailure } from "../../../backup/model/call-failed.ts";
import type { Ports } from "../../../backup/ports.ts";
import { pick } from "../random.ts";

/** The services that a host calls. */
export type Service = "ledger" | "queue" | "backupStorage" | "hsm";

/** What a call is for. `hsm`: the HSM that is called; null for any other service. */
export type About = {
  readonly verb: Verb;
  readonly service: Service;
  readonly operation: string;
  readonly hsm: string | null;
};

export type Verb = Exclude<
  keyof Ports,
  "now" | "newId" | "settings" | "intervals" | "log" | "sendHeartbeat" | "probes"
>;

const SERVICES: Readonly<Record<Verb, readonly [Service, string]>> = {
  readBlob: ["ledger", "read the ledger"],
  writeBlob: ["ledger", "write the ledger"],
  listBlobs: ["ledger", "list the ledger"],
  sendMessage: ["queue", "send a message"],
  prepareTarget: ["backupStorage", "create the container"],
  countBlobs: ["backupStorage", "list the folder"],
  writeManifest: ["backupStorage", "write the manifest"],
  startFullBackup: ["hsm", "start a full backup"],
  getBackupStatus: ["hsm", "look at a backup job"],
};

export function about(verb: Verb, hsm: string | null = null): About {
  const [service, operation] = SERVICES[verb];
  return { verb, service, operation, hsm };
}

/** Why a call failed, in the words that the adapters have for it. */
export type Refused = Pick<CallFailure, "reason" | "status" | "code">;

export const DROPPED: Refused = { reason: "noAnswer", status: null, code: "ECONNRESET" };
export const TIMED_OUT: Refused = { reason: "noAnswer", status: null, code: "timeout" };
const UNKNOWN_NAME: Refused = { reason: "noAnswer", status: null, code: "ENOTFOUND" };
const UNREACHABLE: Refused = { reason: "noAnswer", status: null, code: "EHOSTUNREACH" };
const SERVER_ERROR: Refused = { reason: "noAnswer", status: 500, code: "InternalError" };
const SERVER_BUSY: Refused = { reason: "noAnswer", status: 503, code: "ServerBusy" };
const BAD_GATEWAY: Refused = { reason: "noAnswer", status: 502, code: "noCode" };
export const THROTTLED: Refused = { reason: "noAnswer", status: 429, code: "TooManyRequests" };
export const FORBIDDEN: Refused = { reason: "denied", status: 403, code: "AuthorizationPermissionMismatch" };
const TOKEN_REFUSED: Refused = { reason: "denied", status: 401, code: "InvalidAuthenticationInfo" };

/** A failure before anything took effect. */
export const someFailure = (size: number): Refused =>
  pick([DROPPED, DROPPED, SERVER_ERROR, SERVER_BUSY, SERVER_BUSY, UNKNOWN_NAME, TOKEN_REFUSED], size);
/** Everything was done, and the answer is lost. */
export const someLostAnswer = (size: number): Refused => pick([DROPPED, DROPPED, SERVER_ERROR, BAD_GATEWAY], size);
/** A service that is down. */
export const someOutage = (size: number): Refused => pick([UNKNOWN_NAME, UNREACHABLE, SERVER_BUSY, DROPPED], size);
/** A ledger that can't be written: the account has failed over, its key or role is one for reading, or it is full. */
export const someReadOnly = (size: number): Refused =>
  pick([FORBIDDEN, SERVER_BUSY, { reason: "rejected", status: 409, code: "AccountIsDisabled" }], size);

export function callFailed({ operation, service, hsm }: About, refused: Refused, target = hsm ?? service): CallFailed {
  return new CallFailed({ operation, target, ...refused, remedy: "This is a simulated world: read its story." });
}
