import type { HttpHandler } from "@azure/functions";
import type { AppPorts } from "../invocation.ts";
import { answering, jsonAnswer } from "./answers.ts";
import description from "./openapi.json" with { type: "json" };

/** `GET /api/openapi.json`: the description of the API, made by `npm run openapi`. */
export const openapi = (ports: AppPorts): HttpHandler => answering(ports, async () => jsonAnswer(200, description));
