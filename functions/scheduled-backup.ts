import type { TimerHandler } from "@azure/functions";
import { reconcile } from "../backup/steps/reconcile.ts";
import { type AppPorts, withLog } from "./invocation.ts";

/** Every five minutes: starts what is due and takes the steps of unattended runs. */
export const scheduledBackup =
  (ports: AppPorts): TimerHandler =>
  (_timer, context) =>
    reconcile(withLog(ports, context));
