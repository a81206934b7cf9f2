const TIME_SPAN = /^(?:(\d+)\.)?(\d{1,2}):(\d{2}):(\d{2})(?:\.(\d{1,7}))?$/;

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const SECOND_MS = 1_000;

/**
 * Milliseconds of a .NET `TimeSpan` as host.json writes them: `hh:mm:ss`, with days (`d.`) and a fraction if wanted.
 * Undefined when the text is none.
 */
export function parseTimeSpan(text: string): number | undefined {
  const match = TIME_SPAN.exec(text);
  if (match === null) return undefined;
  const [, days = "0", hours, minutes, seconds, fraction = "0"] = match;
  return (
    Number(days) * DAY_MS +
    Number(hours) * HOUR_MS +
    Number(minutes) * MINUTE_MS +
    Number(seconds) * SECOND_MS +
    Math.round(Number(`0.${fraction}`) * SECOND_MS)
  );
}
