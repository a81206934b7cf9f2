import { setTimeout as sleep } from "node:timers/promises";
import type { Deps } from "../../backup/deps.ts";
import type { PostSpans } from "./post-spans.ts";
import type { SpanBuffer } from "./span-buffer.ts";
import { spansLost, spansNotSent } from "./span-events.ts";

/** About half a megabyte. */
const MOST_AT_ONCE = 500;

/**
 * Sends what waits, and waits for it `patience` milliseconds at most: the sending goes on by itself after that. One sending
 * at a time; what fails for now waits for the next. A row of failures is told once, and never thrown.
 */
export type SendSpans = (log: Deps["log"], patience: number) => Promise<void>;

export function sendSpans(buffer: SpanBuffer, post: PostSpans): SendSpans {
  let underWay: Promise<void> | undefined;
  let failed: string | undefined;
  let hasTold = false;
  let lost = 0;

  const sendAll = async (): Promise<void> => {
    for (let left = buffer.size(); left > 0; left = buffer.size()) {
      const spans = buffer.take(MOST_AT_ONCE);
      const { outcome, why } = await post(spans);
      if (outcome === "later") buffer.putBack(spans);
      if (outcome === "refused") lost += spans.length;
      failed = outcome === "sent" ? undefined : why;
      if (outcome !== "sent") return;
    }
  };

  const tell = (log: Deps["log"]): void => {
    lost += buffer.takeDropped();
    if (failed !== undefined && !hasTold) log(spansNotSent(failed, buffer.size()));
    hasTold = failed !== undefined;
    if (failed !== undefined || lost === 0) return;
    log(spansLost(lost));
    lost = 0;
  };

  return async (log, patience) => {
    underWay ??= sendAll().finally(() => {
      underWay = undefined;
    });
    const waiting = new AbortController();
    const limit = sleep(patience, undefined, { signal: waiting.signal, ref: false }).catch(() => {});
    await Promise.race([underWay.catch(() => {}), limit]);
    waiting.abort();
    tell(log);
  };
}
