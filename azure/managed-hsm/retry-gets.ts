import type { RestError, RetryStrategy } from "@azure/core-rest-pipeline";
import { SECOND } from "../../backup/instant.ts";
import { parseRetryAfter } from "./retry-after.ts";
import { isCertificateProblem } from "./transport-remedies.ts";

/** `first` is the pause before the second try, in milliseconds; it doubles. Nothing is tried again after `until`. */
export type RetryPauses = { readonly first: number; readonly until: Date; readonly now: () => Date };

export const FIRST_RETRY_PAUSE = SECOND / 2;
const MAX_RETRIES = 3;
const TRIED_AGAIN = new Set([408, 429, 500, 502, 503, 504]);

/**
 * When a GET is sent again: the later of the back-off and the HSM's `Retry-After`. Where that is past the time limit, what
 * was seen is reported at once: it tells more than a timeout would.
 */
export function retryGets(pauses: RetryPauses): { readonly strategy: RetryStrategy; readonly maxRetries: number } {
  const strategy: RetryStrategy = {
    name: "retryGets",
    retry: ({ retryCount, response, responseError }) => {
      const isPassing = response === undefined ? mayPass(responseError) : TRIED_AGAIN.has(response.status);
      const now = pauses.now();
      const asked = parseRetryAfter(response?.headers.get("retry-after"), now) ?? 0;
      const wait = Math.max(pauses.first * 2 ** retryCount, asked);
      const isInTime = now.getTime() + wait < pauses.until.getTime();
      return isPassing && isInTime ? { retryAfterInMs: wait } : { skipStrategy: true };
    },
  };
  return { strategy, maxRetries: MAX_RETRIES };
}

const mayPass = (error: RestError | undefined): boolean => error !== undefined && !isCertificateProblem(error.code);
