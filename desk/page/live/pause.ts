const USUAL = 30_000;
const WHILE_RUNNING = 5_000;
const FIRST_RETRY = 5_000;
const LONGEST_RETRY = 5 * 60_000;
const LONGEST_RETRY_AFTER = 60 * 60_000;

/** How long to wait before the next poll, in milliseconds. `failures`: in a row, 0 after a good answer; `retryAfter`: what the app asks for. */
export function pauseBeforeNext(failures: number, isRunning: boolean, retryAfter: number | null): number {
  if (failures === 0) return isRunning ? WHILE_RUNNING : USUAL;
  const backOff = Math.min(FIRST_RETRY * 2 ** (failures - 1), LONGEST_RETRY);
  return Math.max(backOff, Math.min(retryAfter ?? 0, LONGEST_RETRY_AFTER));
}
