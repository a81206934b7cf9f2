import type { LogLevel } from "@azure/functions";
import { MINUTE } from "../durations.ts";
import type { Row } from "../kql/workspace.ts";

/** How long what happens takes into the workspace; the audit log's is "10 minutes (at most)", the others are generous. */
const APP_DELAY = 3 * MINUTE;
const RESOURCE_LOG_DELAY = 10 * MINUTE;
const SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-000000000000/resourcegroups/backups/providers";

const SEVERITIES: Readonly<Record<LogLevel, number>> = {
  trace: 0,
  debug: 0,
  information: 1,
  warning: 2,
  error: 3,
  critical: 4,
  none: 1,
};

export type Ingested = Row & { readonly ingestedAt: string };

function row(at: number, delay: number, columns: Readonly<Record<string, string | number>>): Ingested {
  return { ...columns, TimeGenerated: new Date(at).toISOString(), ingestedAt: new Date(at + delay).toISOString() };
}

/** A line of a function's log, as the host hands it to Application Insights: as it is. */
export const traceRow = (at: number, functionName: string, level: LogLevel, message: string): Ingested =>
  row(at, APP_DELAY, {
    Message: message,
    SeverityLevel: SEVERITIES[level],
    OperationName: functionName,
    Type: "AppTraces",
  });

/**
 * A request to an HSM as its audit log has it: names as in the documentation's log entry, the resource id in the case of
 * the log. https://learn.microsoft.com/azure/key-vault/managed-hsm/logging
 */
export const auditRow = (at: number, hsm: string, operation: string, status: number): Ingested =>
  row(at, RESOURCE_LOG_DELAY, {
    OperationName: operation,
    HttpStatusCode: status,
    ResultType: status < 300 ? "Success" : "Failed",
    _ResourceId: `${SUBSCRIPTION}/microsoft.keyvault/managedhsms/${hsm}`,
    Type: "AZKVAuditLogs",
  });

/** The same request in the table of all resources, in upper case where that table has it. */
export const sharedAuditRow = (at: number, hsm: string, operation: string, status: number): Ingested =>
  row(at, RESOURCE_LOG_DELAY, {
    ResourceProvider: "MICROSOFT.KEYVAULT",
    ResourceType: "MANAGEDHSMS",
    Resource: hsm.toUpperCase(),
    Category: "AuditEvent",
    OperationName: operation,
    httpStatusCode_d: status,
    _ResourceId: `${SUBSCRIPTION}/microsoft.keyvault/managedhsms/${hsm}`,
    Type: "AzureDiagnostics",
  });

/** A request to the backups' account. https://learn.microsoft.com/azure/azure-monitor/reference/tables/storagebloblogs */
export const storageRow = (at: number, operation: string, path: string): Ingested =>
  row(at, RESOURCE_LOG_DELAY, {
    AccountName: "backups",
    Category: "StorageWrite",
    OperationName: operation,
    StatusCode: "201",
    StatusText: "Success",
    Uri: `https://backups.blob.core.windows.net:443/${path}`,
    Type: "StorageBlobLogs",
  });
