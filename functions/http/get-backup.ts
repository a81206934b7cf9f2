import type { HttpHandler } from "@azure/functions";
import { findRun } from "../../backup/steps/find-runs.ts";
import type { AppPorts } from "../invocation.ts";
import { answering, errorAnswer, taggedAnswer } from "./answers.ts";

/** `GET /api/backups/{hsm}/{run}`: the record of one run. */
export const getBackup = (ports: AppPorts): HttpHandler =>
  answering(ports, async (request, logged) => {
    const { hsm = "", run = "" } = request.params;
    const found = await findRun(logged, hsm.toLowerCase(), run);
    switch (found.outcome) {
      case "found":
        return taggedAnswer(request, found.record);
      case "absent":
        return errorAnswer(404, "runNotFound", "This HSM has no such run.");
      case "unreadable":
        return errorAnswer(409, "recordUnreadable", `The record of this run can't be read: ${found.problem}`);
    }
  });
