import type { StorageQueueHandler } from "@azure/functions";
import { poisoned } from "../backup/model/events.ts";
import { messageSchema } from "../backup/model/message.ts";
import { parseVersioned } from "../backup/model/validation.ts";
import { logTo } from "./invocation.ts";

/** Logs a message that failed five times. The timer takes the next step of its run. Never throws. */
export const poisonedMessage: StorageQueueHandler = (body, context) => {
  const parsed = parseVersioned(messageSchema, body, "message");
  const { hsm, run, seq } = parsed.outcome === "valid" ? parsed.value : {};
  const about = {
    ...(hsm !== undefined && { hsm }),
    ...(run !== undefined && { run }),
    ...(seq !== undefined && { seq }),
  };
  logTo(context)(poisoned(about, parsed.outcome === "valid" ? null : parsed.problem));
};
