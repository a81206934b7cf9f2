import type { TimerHandler } from "@azure/functions";
import { settingRejected } from "../backup/log-events.ts";
import { reconcile } from "../backup/reconcile.ts";
import { type AppDeps, traceparentOf, withLog } from "./invocation-log.ts";

/** Every five minutes: what the ledger and the schedule ask for, and what is wrong with the settings, for as long as it is. */
export const scheduledBackup =
  (deps: AppDeps): TimerHandler =>
  async (_timer, context) => {
    const logged = withLog(deps, context);
    for (const problem of deps.settings.problems) logged.log(settingRejected(problem));
    await reconcile(logged, traceparentOf(context));
  };
