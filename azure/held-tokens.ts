import type { AccessToken, TokenCredential } from "@azure/core-auth";
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

/** The token's text, if it is one: the endpoint's answer may hold anything in its place, and the library hands it on. */
export function tokenIn(given: Given): string | undefined {
  const token: unknown = given?.token;
  return typeof token === "string" && token.trim() !== "" ? token : undefined;
}

/**
 * Gives each scope's token as long as it lives, and asks `credential` for a newer one beforehand, at most one request at a
 * time, each for at most `limit` milliseconds. Why not leave this to the libraries: MSAL waits for the newer token, and
 * throws the good one away when the endpoint fails; the storage SDK waits for ever for a request that is never answered,
 * and lets the process die of one that fails while nobody waits for it.
 */
export function heldTokens(credential: TokenCredential, limit: number, now: () => Date): TokenCredential {
  const all = new Map<string, Held>();
  const time = (): number => now().getTime();

  /** Also one that has ended is handed on by the library. */
  const isAlive = (given: Given): given is AccessToken =>
    tokenIn(given) !== undefined && (given?.expiresOnTimestamp ?? 0) > time();

  /** Shares the request that is under way. No caller's signal goes along: one who gives up would take it from the others. */
  function ask(held: Held, scope: string): Promise<Given> {
    if (held.asked !== undefined) return held.asked;
    held.askedAt = time();
    held.asked = askOnce(credential, scope, limit)
      .then((given) => {
        if (isAlive(given)) held.token = given;
        return given;
      })
      .finally(() => {
        delete held.asked;
      });
    return held.asked;
  }

  return {
    async getToken(scopes) {
      const scope = typeof scopes === "string" ? scopes : scopes.join(" ");
      const held = all.get(scope) ?? { askedAt: Number.NEGATIVE_INFINITY };
      all.set(scope, held);
      const { token = null } = held;
      if (!isAlive(token)) return ask(held, scope);
      const left = token.expiresOnTimestamp - time();
      const isOld = left <= RENEWED_BEFORE || time() >= (token.refreshAfterTimestamp ?? Number.POSITIVE_INFINITY);
      // A clock that was set back counts as a pause, too.
      const isPaused = held.asked === undefined && Math.abs(time() - held.askedAt) < ASKED_AGAIN_AFTER;
      if (!isOld || isPaused) return token;
      const newer = ask(held, scope).then(
        (given) => (isAlive(given) ? given : token),
        // Whether it fails is told by the call that can't do without.
        () => token,
      );
      return left > LEAST_LEFT ? token : newer;
    },
  };
}

async function askOnce(credential: TokenCredential, scope: string, limit: number): Promise<Given> {
  try {
    return await withinLimit(limit, (abortSignal) => credential.getToken(scope, { abortSignal }));
  } catch (thrown) {
    throw thrown instanceof TimeLimitReached ? new TokenTooLate(`no token within ${limit} ms`) : thrown;
  }
}
