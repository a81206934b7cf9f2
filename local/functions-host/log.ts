import { isRecord } from "./is-record.ts";
import { isLogged, type LogLevel, type LogLevels } from "./log-level.ts";

/** A line of the app, or one that the host writes about an invocation. */
export type InvocationLine = {
  readonly level: LogLevel;
  /** Category of host.json's `logging.logLevel`, such as `Function.nightly.User`. */
  readonly category: string;
  readonly invocationId: string;
  readonly message: string;
};

export type Log = {
  /** What the host has to say about itself. */
  readonly host: (level: LogLevel, message: string) => void;
  readonly invocation: (line: InvocationLine) => void;
};

const HOST_CATEGORY = "Host.General";

/** Whatever one or the other reader of the log takes for the end of a line. */
const LINE_BREAK = /\r\n|[\n\v\f\r\u0085\u2028\u2029]/g;

/** A text without line breaks: each is shown as `\n`. */
export const toOneLine = (text: string): string => text.replace(LINE_BREAK, "\\n");

/** Writes one line per entry. A line of the app that is a JSON object is written unchanged, as an event. */
export function createLog(write: (line: string) => void, levels: LogLevels, asJson: boolean): Log {
  const put = (line: InvocationLine): void => {
    if (!isLogged(levels, line.category, line.level)) return;
    const message = line.message.trim();
    if (isJsonObject(message)) write(`${message.replace(/[\r\n]+/g, " ")}\n`);
    else if (asJson) write(`${JSON.stringify({ ...line, message })}\n`);
    else write(`${line.level} ${line.invocationId} ${toOneLine(message)}\n`);
  };
  return {
    invocation: put,
    host: (level, message) => put({ level, category: HOST_CATEGORY, invocationId: "host", message }),
  };
}

function isJsonObject(text: string): boolean {
  if (!text.startsWith("{")) return false;
  try {
    return isRecord(JSON.parse(text));
  } catch {
    return false;
  }
}
