import { DAY, HOUR, MINUTE, SECOND } from "../model/instant.ts";

// Only units whose length does not depend on a calendar: days, hours, minutes and seconds.
const SHAPE = /^P(?=.)(?:(\d{1,5})D)?(?:T(?=.)(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,8})S)?)?$/;

/** An ISO 8601 duration such as `PT25H` or `P1DT30M` in milliseconds, or undefined for any other text. */
export function parseDuration(text: string): number | undefined {
  const match = SHAPE.exec(text.trim());
  if (match === null) return undefined;
  const [days, hours, minutes, seconds] = match.slice(1).map((digits) => Number(digits ?? 0));
  return (days ?? 0) * DAY + (hours ?? 0) * HOUR + (minutes ?? 0) * MINUTE + (seconds ?? 0) * SECOND;
}

/** Milliseconds as an ISO 8601 duration in hours, minutes and seconds: `PT31H`. */
export function formatDuration(ms: number): string {
  const whole = Math.round(ms / SECOND) * SECOND;
  const parts = [
    [Math.floor(whole / HOUR), "H"],
    [Math.floor((whole % HOUR) / MINUTE), "M"],
    [(whole % MINUTE) / SECOND, "S"],
  ] as const;
  const shown = parts.filter(([amount]) => amount > 0).map(([amount, unit]) => `${amount}${unit}`);
  return `PT${shown.join("") || "0S"}`;
}
