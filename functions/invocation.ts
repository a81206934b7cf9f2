import type { InvocationContext } from "@azure/functions";
import type { LogEvent } from "../backup/model/events.ts";
import type { Ports } from "../backup/ports.ts";

/** The ports without the log. Each invocation has its own log. */
export type AppPorts = Omit<Ports, "log">;
export type Log = Ports["log"];

/** The ports with the log of one invocation. */
export const withLog = (ports: AppPorts, context: InvocationContext): Ports => ({ ...ports, log: logTo(context) });

/** JSON leaves these line breaks as they are, and many readers of lines, Node's among them, end a line there. */
const UNESCAPED_BREAK = /[\u0085\u2028\u2029]/g;
const escaped = (letter: string): string => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** The log of one invocation: one line of JSON per event, at its level. */
export const logTo =
  (context: InvocationContext): Log =>
  (event: LogEvent): void => {
    const line = JSON.stringify(event).replace(UNESCAPED_BREAK, escaped);
    if (event.level === "error") context.error(line);
    else if (event.level === "warning") context.warn(line);
    else context.info(line);
  };
