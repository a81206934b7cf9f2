import type { app, HttpHandler } from "@azure/functions";
import type { Intervals } from "../backup/model/intervals.ts";
import { followQueueOf, poisonQueueOf } from "../backup/settings/read-settings.ts";
import { followBackup } from "./follow-backup.ts";
import { coverage } from "./http/coverage.ts";
import { doctor } from "./http/doctor.ts";
import { getBackup } from "./http/get-backup.ts";
import { health } from "./http/health.ts";
import { hsms } from "./http/hsms.ts";
import { listBackups } from "./http/list-backups.ts";
import { manualBackup } from "./http/manual-backup.ts";
import { openapi } from "./http/openapi.ts";
import { ROUTES, type RouteName } from "./http/routes.ts";
import { statusPage } from "./http/status-page.ts";
import type { AppPorts } from "./invocation.ts";
import { poisonedMessage } from "./poisoned-message.ts";
import { scheduledBackup } from "./scheduled-backup.ts";

/** The part of `@azure/functions` that registers triggers. */
export type App = Pick<typeof app, "timer" | "http" | "storageQueue">;

const STORAGE = "AzureWebJobsStorage";

/** Every trigger of the app, in the order data flows. */
export function register(to: App, ports: AppPorts, { reconcileSchedule }: Intervals): void {
  const { ledger } = ports.settings;
  to.timer("scheduledBackup", { schedule: reconcileSchedule, handler: scheduledBackup(ports) });
  to.storageQueue("followBackup", {
    queueName: followQueueOf(ledger),
    connection: STORAGE,
    handler: followBackup(ports),
  });
  to.storageQueue("poisonedMessage", {
    queueName: poisonQueueOf(ledger),
    connection: STORAGE,
    handler: poisonedMessage,
  });
  const handlers: Readonly<Record<RouteName, HttpHandler>> = {
    manualBackup: manualBackup(ports),
    listBackups: listBackups(ports),
    getBackup: getBackup(ports),
    health: health(ports),
    hsms: hsms(ports),
    doctor: doctor(ports),
    coverage: coverage(ports),
    openapi: openapi(ports),
  };
  registerRoutes(to, (name) => handlers[name]);
}

const ROUTE_NAMES = Object.keys(ROUTES) as readonly RouteName[];

/** Every route, each behind a function key but the status page, which holds no data. */
export function registerRoutes(to: App, handlerOf: (name: RouteName) => HttpHandler): void {
  for (const name of ROUTE_NAMES) {
    const { method, route } = ROUTES[name];
    to.http(name, { methods: [method], route, authLevel: "function", handler: handlerOf(name) });
  }
  to.http("statusPage", { methods: ["GET"], route: "status", authLevel: "anonymous", handler: statusPage() });
}
