import type { AccessToken, TokenCredential } from "@azure/core-auth";
import { MINUTE, millis, SECOND } from "../../backup/model/instant.ts";

/** Every call ends within less: a token that lives longer doesn't expire in the middle of one. */
const LEAST_LEFT = 2 * MINUTE;
/** The identity endpoint of the platform returns a newer token from this long before the old one expires. */
const RENEWED_BEFORE = 5 * MINUTE;
const ASKED_AGAIN_AFTER = 30 * SECOND;
const STORAGE_SCOPE = "https://storage.azure.com/.default";

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

/** What is known of one scope's token. `asked`: the request in progress; `askedAt`: in milliseconds since 1970. */
type Held = { token?: AccessToken; asked?: Promise<AccessToken>; askedAt: number };

/**
 * Returns each scope's token until it expires, and asks `credential` for a newer one beforehand, with at most one request
 * at a time, each of at most `limit` milliseconds. The libraries can't be left to do this (docs/decisions/0011): MSAL
 * waits for the newer token, and throws the good one away when the endpoint fails; the storage SDK waits without a limit
 * for a request that is never answered, and a renewal that fails in the background ends the process.
 */
export function heldTokens(credential: TokenCredential, limit: number, now: () => Date): Identity {
  const all = new Map<string, Held>();
  const isAlive = ({ expiresOnTimestamp }: AccessToken): boolean => expiresOnTimestamp > millis(now());

  /** Shares the request in progress. No caller's signal is passed on: it would abort the request for the others too. */
  function ask(held: Held, scope: string): Promise<AccessToken> {
    if (held.asked !== undefined) return held.asked;
    held.askedAt = millis(now());
    held.asked = askOnce(credential, scope, limit)
      .then((token) => {
        // The library may return one that has expired.
        if (isAlive(token)) held.token = token;
        return token;
      })
      .finally(() => {
        delete held.asked;
      });
    return held.asked;
  }

  return {
    async getToken(scopes) {
      const scope = [scopes].flat().join(" ");
      const held = all.get(scope) ?? { askedAt: Number.NEGATIVE_INFINITY };
      all.set(scope, held);
      const { token } = held;
      if (token === undefined || !isAlive(token)) return ask(held, scope);
      const time = millis(now());
      const left = token.expiresOnTimestamp - time;
      const isOld = left <= RENEWED_BEFORE || time >= (token.refreshAfterTimestamp ?? Number.POSITIVE_INFINITY);
      // A clock that was set back counts as a pause, too.
      const isPaused = held.asked === undefined && Math.abs(time - held.askedAt) < ASKED_AGAIN_AFTER;
      if (!isOld || isPaused) return token;
      // A failure is reported by the call that finds no token left.
      const newer = ask(held, scope).then(
        (given) => (isAlive(given) ? given : token),
        () => token,
      );
      return left > LEAST_LEFT ? token : newer;
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
