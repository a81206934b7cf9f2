import type { StorageQueueHandler } from "@azure/functions";
import { readMessage } from "../backup/follow-message.ts";
import { poisoned } from "../backup/log-events.ts";
import { type AppDeps, withLog } from "./invocation-log.ts";

/** A wake-up that failed five times: told and dropped. The record stands, and reconcile wakes what needs it. */
export const poisonedFollowUp =
  (deps: AppDeps): StorageQueueHandler =>
  (body, context) => {
    const { log } = withLog(deps, context);
    const read = readMessage(body);
    if (read.outcome === "message") log(poisoned(read.message.hsm, read.message.run, null));
    else log(poisoned(null, null, read.outcome === "newer" ? `version ${read.version}` : read.problem));
  };
