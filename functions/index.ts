import type { app } from "@azure/functions";
import { FOLLOW_QUEUE } from "../azure/storage/storage-clients.ts";
import type { Intervals } from "../backup/intervals.ts";
import { followBackup } from "./follow-backup.ts";
import { getBackup } from "./get-backup.ts";
import { health } from "./health.ts";
import type { AppDeps } from "./invocation-log.ts";
import { listBackups } from "./list-backups.ts";
import { manualBackup } from "./manual-backup.ts";
import { poisonedFollowUp } from "./poisoned-follow-up.ts";
import { scheduledBackup } from "./scheduled-backup.ts";
import { ATTENDED_PATIENCE, sendingSpans, UNATTENDED_PATIENCE } from "./sending-spans.ts";

/** The app that triggers are registered with: the part of `@azure/functions` that is used. */
export type App = Pick<typeof app, "timer" | "http" | "storageQueue">;

const STORAGE = "AzureWebJobsStorage";

/** Every trigger of the app, in the order data flows. */
export function register(to: App, deps: AppDeps, intervals: Intervals): void {
  to.timer("scheduledBackup", {
    schedule: intervals.reconcileSchedule,
    handler: sendingSpans(deps, UNATTENDED_PATIENCE, scheduledBackup(deps)),
  });
  to.http("manualBackup", {
    methods: ["POST"],
    route: "backups",
    authLevel: "function",
    handler: sendingSpans(deps, ATTENDED_PATIENCE, manualBackup(deps)),
  });
  to.storageQueue("followBackup", {
    queueName: FOLLOW_QUEUE,
    connection: STORAGE,
    handler: sendingSpans(deps, UNATTENDED_PATIENCE, followBackup(deps)),
  });
  // Where the host moves what failed too often.
  to.storageQueue("poisonedFollowUp", {
    queueName: `${FOLLOW_QUEUE}-poison`,
    connection: STORAGE,
    handler: poisonedFollowUp(deps),
  });
  to.http("listBackups", { methods: ["GET"], route: "backups", authLevel: "function", handler: listBackups(deps) });
  to.http("getBackup", {
    methods: ["GET"],
    route: "backups/{hsm}/{run}",
    authLevel: "function",
    handler: getBackup(deps),
  });
  to.http("health", { methods: ["GET"], route: "health", authLevel: "function", handler: health(deps) });
}
