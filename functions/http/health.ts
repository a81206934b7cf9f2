import type { HttpHandler } from "@azure/functions";
import { checkHealth } from "../../backup/steps/overview.ts";
import type { AppPorts } from "../invocation.ts";
import { answering, jsonAnswer } from "./answers.ts";

/** `GET /api/health`: 200, or 503 if an HSM is overdue, a setting is rejected or the ledger cannot be read. */
export const health = (ports: AppPorts): HttpHandler =>
  answering(ports, async (_request, logged) => {
    const { isHealthy, hsms, problems } = await checkHealth(logged);
    const status = isHealthy ? "healthy" : "unhealthy";
    return jsonAnswer(isHealthy ? 200 : 503, { status, version: ports.settings.version, hsms, problems });
  });
