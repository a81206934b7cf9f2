import type { ApiVersion } from "./api-versions.ts";
import type { Headers } from "./key-vault-error.ts";
import type { Route } from "./operations.ts";

export type Answer = {
  readonly status: number;
  /** Sent as JSON; undefined as nothing. */
  readonly body?: unknown;
  /** Sent as it is, instead of a body. */
  readonly text?: string;
  readonly headers?: Headers;
};

/** A request to one HSM whose token and version were found good. */
export type Request = {
  /** The base URL of the HSM that the caller knows: addresses in the answer begin with it. */
  readonly base: string;
  readonly route: Route;
  readonly version: ApiVersion;
  readonly query: URLSearchParams;
  /** The body's JSON; undefined when there is none. */
  readonly body: unknown;
};
