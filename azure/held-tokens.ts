import type { AccessToken, GetTokenOptions, TokenCredential } from "@azure/core-auth";
import { MINUTE, SECOND } from "../backup/instant.ts";
import { TimeLimitReached, withinLimit } from "./within-limit.ts";

/** Every call is over within so long: a token that lives longer doesn't end in the middle of one. */
const LEAST_LEFT = 2 * MINUTE;
/** As long before a token's end as the identity endpoint of the platform gives a newer one. */
const RENEWED_BEFORE = 5 * MINUTE;
const ASKED_AGAIN_AFTER = 30 * SECOND;

/** The identity endpoint was asked, and didn't answer in time. Its words must not make the storage SDK try again. */
export class TokenTooLate extends Error {
  override readonly name = "TokenTooLate";
}

type Given = AccessToken | null;

/** What is known of one scope's token. */
type Held = {
  token?: AccessToken;
  /** The request that is under way. */
  asked?: Promise<Given>;
  /** Milliseconds since 1970. */
  askedAt: number;
};

/**
 * Gives each scope's token as long as it lives, and asks `credential` for a newer one beforehand, at most one request at a
 * time, each for at most `limit` milliseconds. Why not leave this to the libraries: MSAL waits for the newer token, and
 * throws the good one away when the endpoint fails; the storage SDK waits for ever for a request that is never answered,
 * and lets the process die of one that fails while nobody waits for it.
 */
export function heldTokens(credential: TokenCredential, limit: number, now: () => Date): TokenCredential {
  const all = new Map<string, Held>();
  const time = (): number => now().getTime();

  /** Shares the request that is under way. No caller's signal goes along: one who gives up would take it from the others. */
  function ask(held: Held, scope: string): Promise<Given> {
    held.askedAt = time();
    held.asked ??= askOnce(credential, scope, limit)
      .then((given) => {
        if (isToken(given)) held.token = given;
        return given;
      })
      .finally(() => {
        delete held.asked;
      });
    return held.asked;
  }

  return {
    async getToken(scopes, options) {
      const scope = typeof scopes === "string" ? scopes : scopes.join(" ");
      // A service that names claims has refused the token that is held.
      if (options?.claims !== undefined) return askOnce(credential, scope, limit, { claims: options.claims });
      const held = all.get(scope) ?? { askedAt: Number.NEGATIVE_INFINITY };
      all.set(scope, held);
      const { token } = held;
      const left = (token?.expiresOnTimestamp ?? 0) - time();
      if (token !== undefined && left > LEAST_LEFT) {
        const isOld = left <= RENEWED_BEFORE || time() >= (token.refreshAfterTimestamp ?? Number.POSITIVE_INFINITY);
        // Whether it fails is told by the call that can't do without.
        if (isOld && time() >= held.askedAt + ASKED_AGAIN_AFTER) ask(held, scope).catch(() => undefined);
        return token;
      }
      const fallback = (): AccessToken | undefined =>
        token !== undefined && token.expiresOnTimestamp > time() ? token : undefined;
      try {
        const given = await ask(held, scope);
        return isToken(given) ? given : (fallback() ?? given);
      } catch (thrown) {
        const good = fallback();
        if (good !== undefined) return good;
        throw thrown;
      }
    },
  };
}

/** The endpoint's answer may hold anything in a token's place, and the library hands it on: nothing of that is kept. */
const isToken = (given: Given): given is AccessToken => {
  const token: unknown = given?.token;
  return typeof token === "string" && token.trim() !== "" && Number.isFinite(given?.expiresOnTimestamp);
};

async function askOnce(
  credential: TokenCredential,
  scope: string,
  limit: number,
  options: Pick<GetTokenOptions, "claims"> = {},
): Promise<Given> {
  try {
    return await withinLimit(limit, (abortSignal) => credential.getToken(scope, { ...options, abortSignal }));
  } catch (thrown) {
    throw thrown instanceof TimeLimitReached ? new TokenTooLate(`no token within ${limit} ms`) : thrown;
  }
}
