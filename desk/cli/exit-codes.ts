export const OK = 0;
export const NOT_WELL = 1;
export const USAGE = 2;
export const WRONG_KEY = 3;
export const NO_APP = 4;
export const NOT_FOUND = 5;
export const BUSY = 6;
export const TIMED_OUT = 7;
export const INTERRUPTED = 130;

/** Every exit code with its meaning, as `--help` shows them. */
export const EXIT_CODES = [
  [OK, "success"],
  [NOT_WELL, "the backup, a check or the app is not well"],
  [USAGE, "wrong arguments, address or key file"],
  [WRONG_KEY, "the app refused the key"],
  [NO_APP, "the app can't be reached, or the address is not that of the app"],
  [NOT_FOUND, "no such HSM, run or backup"],
  [BUSY, "another backup of the HSM is running"],
  [TIMED_OUT, "--wait ended at --timeout; the backup goes on"],
  [INTERRUPTED, "Ctrl-C; a backup that was started goes on"],
] as const;
export type ExitCode = (typeof EXIT_CODES)[number][0];
