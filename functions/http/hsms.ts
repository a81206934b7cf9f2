import type { HttpHandler } from "@azure/functions";
import { viewHsms } from "../../backup/steps/view-hsms.ts";
import type { AppPorts } from "../invocation.ts";
import { answering, taggedAnswer } from "./answers.ts";

/** `GET /api/hsms`: every HSM as the operator sees it. */
export const hsms = (ports: AppPorts): HttpHandler =>
  answering(ports, async (request, logged) => taggedAnswer(request, await viewHsms(logged)));
