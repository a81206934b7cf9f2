import type { Schemas } from "./bind.ts";
import type { Column } from "./kql-node.ts";

const columns = (list: string): readonly Column[] =>
  list.split(",").map((each) => {
    const [name = "", type = ""] = each.trim().split(" ");
    return { name, type };
  });

/**
 * The tables of a workspace that the queries read, with the columns that they may use, from the Azure Monitor reference:
 * https://learn.microsoft.com/azure/azure-monitor/reference/tables/{table}
 */
export const SCHEMAS: Schemas = {
  AppTraces: columns(
    "TimeGenerated datetime, Message string, SeverityLevel int, OperationName string, OperationId string, Properties dynamic, AppRoleName string, AppRoleInstance string, _ResourceId string, Type string",
  ),
  AZKVAuditLogs: columns(
    "TimeGenerated datetime, OperationName string, HttpStatusCode int, RequestUri string, ResultType string, ResultSignature string, DurationMs int, CallerIpAddress string, _ResourceId string, Type string",
  ),
  // Where a diagnostic setting has no resource-specific tables: suffixes name the types of columns that not all resources share.
  AzureDiagnostics: columns(
    "TimeGenerated datetime, ResourceProvider string, ResourceType string, Resource string, Category string, OperationName string, ResultType string, ResultSignature string, httpStatusCode_d real, requestUri_s string, _ResourceId string, Type string",
  ),
  StorageBlobLogs: columns(
    "TimeGenerated datetime, AccountName string, Category string, OperationName string, StatusCode string, StatusText string, Uri string, UserAgentHeader string, AuthenticationType string, RequestBodySize long, _ResourceId string, Type string",
  ),
};
