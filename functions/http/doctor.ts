import type { HttpHandler } from "@azure/functions";
import { examine } from "../../backup/steps/examine.ts";
import type { AppPorts } from "../invocation.ts";
import { answeringAnyway, jsonAnswer } from "./answers.ts";

/** `GET /api/doctor`: tries everything that a backup needs. A ledger of another app is one of the findings. */
export const doctor = (ports: AppPorts): HttpHandler =>
  answeringAnyway(ports, async (_request, logged) => jsonAnswer(200, await examine(logged)));
