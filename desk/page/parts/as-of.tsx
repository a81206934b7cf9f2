import { useEffect, useState } from "preact/hooks";
import { durationWords, timeWords } from "../../words.ts";
import type { Clock } from "../live/clock.ts";
import { localWords } from "./text.tsx";

const SECOND = 1_000;

/** How old the data is, second by second. */
export function AsOf({ at, clock }: { at: Date; clock: Clock }) {
  const now = useSeconds(clock);
  const age = Math.max(0, Math.floor((now.getTime() - at.getTime()) / SECOND));
  const instant = at.toISOString();
  return (
    <time dateTime={instant} title={localWords(instant)}>
      as of {timeWords(instant, true)} UTC, {durationWords(age)} ago
    </time>
  );
}

/** In how many seconds something is. */
export function Until({ at, clock }: { at: Date; clock: Clock }) {
  const seconds = Math.ceil((at.getTime() - useSeconds(clock).getTime()) / SECOND);
  return <>{seconds > 0 ? `in ${durationWords(seconds)}` : "now"}</>;
}

function useSeconds(clock: Clock): Date {
  const [, draw] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => draw((drawn) => drawn + 1), SECOND);
    return () => clearInterval(timer);
  }, []);
  return clock.now();
}
