import type { AccessToken, TokenCredential } from "@azure/core-auth";
import { MINUTE, millis } from "../../backup/model/instant.ts";

/** The identity endpoint of the platform returns a newer token from this long before the old one expires. */
const RENEWED_BEFORE = 5 * MINUTE;
export const STORAGE_SCOPE = "https://storage.azure.com/.default";

/** An identity that returns a token, or throws `NoToken`. */
export type Identity = { readonly getToken: (scopes: string | string[]) => Promise<AccessToken> };

/**
 * No token could be obtained; `cause` says why. A message of its own: the storage SDK retries an error whose message or
 * code has the name of a network failure in it.
 */
export class NoToken extends Error {
  override readonly name = "NoToken";
  constructor(cause: unknown) {
    super("no token", { cause });
  }
}

/**
 * Returns each scope's token until its last minutes, then asks `credential` for a newer one: one request at a time, shared by
 * all callers, of at most `limit` milliseconds. Where that fails, the token that is held serves to its end. The libraries
 * can't be left to do this (docs/decisions/0011): MSAL throws a good token away when the endpoint fails, and the storage SDK
 * waits without a limit for a request that is never answered.
 */
export function heldTokens(credential: TokenCredential, limit: number, now: () => Date): Identity {
  const tokens = new Map<string, AccessToken>();
  const requests = new Map<string, Promise<AccessToken>>();
  const timeLeft = (token: AccessToken): number => token.expiresOnTimestamp - millis(now());

  async function ask(scope: string): Promise<AccessToken> {
    try {
      const token = await askOnce(credential, scope, limit);
      tokens.set(scope, token);
      return token;
    } catch (thrown) {
      const token = tokens.get(scope);
      if (token !== undefined && timeLeft(token) > 0) return token;
      throw thrown;
    } finally {
      requests.delete(scope);
    }
  }

  return {
    async getToken(scopes) {
      const scope = [scopes].flat().join(" ");
      const token = tokens.get(scope);
      if (token !== undefined && timeLeft(token) > RENEWED_BEFORE) return token;
      const request = requests.get(scope) ?? ask(scope);
      requests.set(scope, request);
      return request;
    },
  };
}

async function askOnce(credential: TokenCredential, scope: string, limit: number): Promise<AccessToken> {
  try {
    // The library ignores the signal.
    const abortSignal = AbortSignal.timeout(limit);
    const given = await Promise.race([credential.getToken(scope, { abortSignal }), rejectedBy(abortSignal, limit)]);
    // The endpoint's answer may hold anything in its place, and the library passes it on.
    const token: unknown = given?.token;
    if (given !== null && typeof token === "string" && token.trim() !== "") return given;
  } catch (thrown) {
    throw new NoToken(thrown);
  }
  throw new NoToken(new Error("the identity endpoint answered without a token"));
}

const rejectedBy = (signal: AbortSignal, limit: number): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener("abort", () => reject(new TimedOut(limit)), { once: true }));

/** No answer came within `limit` milliseconds. */
export class TimedOut extends Error {
  override readonly name = "TimedOut";
  constructor(limit: number) {
    super(`no answer within ${limit} ms`);
  }
}

/**
 * Returns tokens for storage and nothing else. Where storage answers 401, the SDK asks for a token for whatever resource
 * that answer names, and sends it there: one for an HSM would leave for a server that is no HSM.
 */
export const forStorageOnly = (identity: Identity): TokenCredential => ({
  async getToken() {
    const { token } = await identity.getToken(STORAGE_SCOPE);
    // One that has expired is asked for again by each call, which then waits for it and learns of a failure. One that
    // is alive the SDK would renew in the background.
    return { token, expiresOnTimestamp: 0 };
  },
});
