import { parseArgs } from "node:util";

export type HostOptions = {
  readonly appFolder: string;
  readonly port: number;
  /** Overrides the ceiling of host.json's `maxPollingInterval`. */
  readonly pollSeconds: number | undefined;
  readonly messageLeaseSeconds: number;
  /** 0: timers fire without a lock. */
  readonly timerLockSeconds: number;
  readonly jsonLogs: boolean;
};

const USAGE =
  "usage: main.ts --app DIR --port N [--poll-seconds S] [--message-lease-seconds S] [--timer-lock-seconds S] [--json-logs]";
const HIGHEST_PORT = 65_535;
/** What the real host hides a message for while it is worked on. */
const MESSAGE_LEASE_SECONDS = 600;
/** Blob leases last from 15 to 60 seconds. */
const SHORTEST_LEASE_SECONDS = 15;
const LONGEST_LEASE_SECONDS = 60;
const WEEK_SECONDS = 604_800;
const SHORTEST_POLL_SECONDS = 0.01;

/** @throws Error in one sentence, with the usage, for anything it doesn't understand. */
export function parseCommandLine(args: readonly string[]): HostOptions {
  const values = parse(args);
  if (values.app === undefined || values.port === undefined) throw problem("--app and --port are needed");
  const timerLockSeconds = number("timer-lock-seconds", values["timer-lock-seconds"] ?? "60", 0, LONGEST_LEASE_SECONDS);
  if (timerLockSeconds > 0 && timerLockSeconds < SHORTEST_LEASE_SECONDS)
    throw problem("--timer-lock-seconds has to be 0 or from 15 to 60");
  const poll = values["poll-seconds"];
  return {
    appFolder: values.app,
    port: number("port", values.port, 0, HIGHEST_PORT),
    pollSeconds: poll === undefined ? undefined : number("poll-seconds", poll, SHORTEST_POLL_SECONDS, WEEK_SECONDS),
    messageLeaseSeconds: number(
      "message-lease-seconds",
      values["message-lease-seconds"] ?? String(MESSAGE_LEASE_SECONDS),
      1,
      WEEK_SECONDS,
    ),
    timerLockSeconds,
    jsonLogs: values["json-logs"] ?? false,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        app: { type: "string" },
        port: { type: "string" },
        "poll-seconds": { type: "string" },
        "message-lease-seconds": { type: "string" },
        "timer-lock-seconds": { type: "string" },
        "json-logs": { type: "boolean" },
      },
    }).values;
  } catch (error) {
    throw problem(error instanceof Error ? error.message : String(error));
  }
}

function number(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  const mayHaveFraction = name === "poll-seconds";
  if (text.trim() === "" || !(value >= least && value <= most) || !(mayHaveFraction || Number.isInteger(value)))
    throw problem(`--${name} has to be a number from ${least} to ${most}`);
  return value;
}

const problem = (what: string): Error => new Error(`${what}\n${USAGE}`);
