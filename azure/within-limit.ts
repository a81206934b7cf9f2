/** Nobody answered within the time that a call may take. */
export class TimeLimitReached extends Error {
  override readonly name = "TimeLimitReached";
}

/**
 * Makes a call that ends within `limit` milliseconds. The signal is aborted then; but getting a token doesn't heed it, so
 * the caller isn't kept waiting for the call either.
 *
 * The storage SDK's own `tryTimeoutInMs` is no such limit: it only becomes the query parameter `timeout`, which a
 * server that doesn't answer at all never reads.
 */
export async function withinLimit<T>(limit: number, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const abort = new AbortController();
  const over = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    over.reject(new TimeLimitReached(`no answer within ${limit} ms`));
    abort.abort();
  }, limit);
  try {
    return await Promise.race([call(abort.signal), over.promise]);
  } catch (thrown) {
    // The storage SDK leaves the body of an answer that it can't use unread: that would keep the connection for ever.
    abort.abort();
    throw thrown;
  } finally {
    clearTimeout(timer);
  }
}
