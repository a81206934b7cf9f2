import type { StorageQueueHandler } from "@azure/functions";
import { followRun } from "../backup/follow-run.ts";
import { type AppDeps, withLog } from "./invocation-log.ts";

/** A wake-up: takes the run that it names up. A throw makes the host deliver the message again. */
export const followBackup =
  (deps: AppDeps): StorageQueueHandler =>
  (message, context) =>
    followRun(withLog(deps, context), message);
