import type { HttpHandler } from "@azure/functions";
import { checkHealth } from "../backup/health.ts";
import { answering } from "./answers.ts";
import { type AppDeps, withLog } from "./invocation-log.ts";

/** `GET /api/health`: 200, or 503 when any configured HSM is overdue or the ledger is gone. */
export const health = (deps: AppDeps): HttpHandler =>
  answering(deps, async (_request, context) => {
    const { isHealthy, hsms, problems } = await checkHealth(withLog(deps, context));
    const status = isHealthy ? "healthy" : "unhealthy";
    return {
      status: isHealthy ? 200 : 503,
      headers: { "Cache-Control": "no-store" },
      jsonBody: { status, hsms, problems },
    };
  });
