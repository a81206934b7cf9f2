/** `Error` of the REST reference: every wire error of the emulator is made in this file. */
export type ErrorBody = { readonly code: string; readonly message: string; readonly innererror?: ErrorBody | null };

export type Headers = Readonly<Record<string, string>>;

/** An answer other than success: the status and the `KeyVaultError` that the caller gets; without one, no body. */
export class Refusal extends Error {
  readonly status: number;
  readonly body: ErrorBody | undefined;
  readonly headers: Headers;

  constructor(status: number, body: ErrorBody | undefined, headers: Headers = {}) {
    super(body?.message);
    this.name = "Refusal";
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

const refusal = (status: number, code: string, message: string, innererror?: ErrorBody | null): Refusal =>
  new Refusal(status, innererror === undefined ? { code, message } : { code, message, innererror });

/**
 * As recorded, 401 has no body; the state of the HSM tells the reason. The challenge names tenant and resource, and nothing else: clients
 * take their token's scope from it.
 */
export const unauthorized = (tenantId: string): Refusal =>
  new Refusal(401, undefined, {
    "www-authenticate": `Bearer authorization="https://login.microsoftonline.com/${tenantId}", resource="https://managedhsm.azure.net"`,
  });

export const badParameter = (message: string): Refusal => refusal(400, "BadParameter", message);

export const bodyTooLarge = (limitBytes: number): Refusal =>
  refusal(413, "RequestBodyTooLarge", `The body of a request may have ${limitBytes} bytes.`);

export const apiVersionUnspecified = (): Refusal =>
  refusal(400, "ApiVersionUnspecified", "An API version is required, but was not specified.");

export const apiVersionUnsupported = (path: string, version: string): Refusal =>
  refusal(400, "UnsupportedApiVersion", `What '${path}' asks for does not exist in API version '${version}'.`);

export const noSuchHsm = (name: string): Refusal =>
  refusal(404, "HsmNotFound", `There is no HSM named '${name}' at this address.`);

export const noSuchOperation = (method: string, path: string): Refusal =>
  refusal(404, "NotFound", `This emulator has no operation ${method} ${path}.`);

export const methodNotAllowed = (method: string, path: string): Refusal =>
  refusal(405, "MethodNotAllowed", `${method} is not allowed on ${path}.`);

export const noSuchJob = (jobId: string): Refusal =>
  refusal(404, "JobNotFound", `There is no job with the id '${jobId}'.`);

export const busy = (kind: "backup" | "restore"): Refusal =>
  refusal(409, "Conflict", `Another ${kind} operation is in progress.`);

export const noSuchKey = (name: string): Refusal =>
  refusal(404, "KeyNotFound", `A key with (name/id) ${name} was not found in this HSM.`);

export const noSuchDeletedKey = (name: string): Refusal =>
  refusal(404, "KeyNotFound", `Deleted key not found: ${name}`);

export const keyIsDeleted = (name: string): Refusal =>
  refusal(409, "Conflict", `Key ${name} is currently in a deleted but recoverable state: recover or purge it first.`, {
    code: "ObjectIsDeletedButRecoverable",
    message: "The name of a deleted key can't be used again before it is purged.",
  });

/** A SAS that can't be parsed, as recorded of the service, `innererror` included. */
export const sasMalformed = (problem: string): Refusal =>
  refusal(400, "BadRequest", `The customer provided SAS token is malformed. ${problem}`, null);

/** A SAS that can't be used as it is: `code` is the reason, the inner error is the answer of a storage. */
export const sasRefused = (status: 400 | 403, code: string, message: string, storageCode: string): Refusal =>
  refusal(status, code, message, { code: storageCode, message: "The storage would refuse this SAS." });

/** The storage refused, or could not be reached, when the SAS was tried at the start of an operation. */
export const storageRefused = (code: string, message: string, inner: ErrorBody, status: 400 | 403): Refusal =>
  refusal(status, code, message, inner);

// Which code and words the service has for it isn't documented.
const NO_IDENTITY = "ManagedIdentityNotConfigured";

export const noIdentity = (hsm: string): Refusal =>
  refusal(400, NO_IDENTITY, `No user-assigned managed identity is attached to the HSM '${hsm}'.`);

export const identityNotEmulated = (): Refusal =>
  refusal(
    400,
    NO_IDENTITY,
    "The emulated HSM has no identity in Azure: useManagedIdentity works only with a storage on a loopback address.",
  );

/** Shows only the name of the error: its message could contain addresses or keys. */
export const internalError = (cause: unknown): Refusal =>
  refusal(
    500,
    "InternalServerError",
    `The emulator failed to answer (${cause instanceof Error ? cause.name : "unknown"}).`,
  );

const SCRIPTED_CODES: Readonly<Record<number, string>> = {
  400: "BadParameter",
  403: "Forbidden",
  404: "NotFound",
  409: "Conflict",
  429: "TooManyRequests",
  500: "InternalServerError",
  503: "ServiceUnavailable",
};

/** The error that a test scripted; code and message default to what the service says with this status. */
export function scripted(
  status: number,
  code: string | undefined,
  message: string | undefined,
  headers: Headers,
): Refusal {
  if (status === 401 && code === undefined && message === undefined) return new Refusal(status, undefined, headers);
  const shown = code ?? SCRIPTED_CODES[status] ?? "Error";
  return new Refusal(status, { code: shown, message: message ?? `${shown} (scripted).` }, headers);
}

/** What services sent in place of a `KeyVaultError`: `{"Error":{"Code":…,"Message":…}}`, or a text as `error`. */
export const ERROR_SHAPES = ["capitalized", "text"] as const;
export type ErrorShape = (typeof ERROR_SHAPES)[number];

/** The body of an error in a shape that a test scripted. */
export const shapeError = ({ code, message }: ErrorBody, shape: ErrorShape): object =>
  shape === "text" ? { error: message } : { Error: { Code: code, Message: message } };

/** Recorded of the service: it refuses the look at a failed job, in the words of the job's error. */
export const failedJob = (message: string): Refusal => refusal(400, "BadRequest", message, null);

/** The error object that older versions of the service once put into an answer with status 200. */
export const errorInside200: { readonly error: ErrorBody } = {
  error: {
    code: "InternalServerError",
    message: "The operation failed (scripted).",
    innererror: { code: "StorageError", message: "The storage could not be used (scripted)." },
  },
};
