import type { HttpHandler } from "@azure/functions";
import { findRun } from "../backup/find-runs.ts";
import { answering, errorAnswer } from "./answers.ts";
import { type AppDeps, withLog } from "./invocation-log.ts";

/** `GET /api/backups/{hsm}/{run}`: the record of one run. */
export const getBackup = (deps: AppDeps): HttpHandler =>
  answering(deps, async (request, context) => {
    const { hsm = "", run = "" } = request.params;
    const found = await findRun(withLog(deps, context), hsm, run);
    switch (found.outcome) {
      case "found":
        return { status: 200, jsonBody: found.record };
      case "absent":
        return errorAnswer(404, "runNotFound", "There is no such run of such an HSM.");
      case "unreadable":
        return errorAnswer(409, "recordUnreadable", `The run ${run} of ${hsm} can't be shown: ${found.problem}`);
    }
  });
