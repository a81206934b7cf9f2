import type { HttpHandler, HttpResponseInit } from "@azure/functions";
import type { Deps } from "../backup/deps.ts";
import { findRun } from "../backup/find-runs.ts";
import { stepFailed } from "../backup/log-events.ts";
import { startRun } from "../backup/start-run.ts";
import { addressOf, answering, errorAnswer } from "./answers.ts";
import { type AppDeps, traceparentOf, withLog } from "./invocation-log.ts";
import { readStartRequest } from "./read-start-request.ts";

const LOOK_AGAIN_SECONDS = 10;

/** `POST /api/backups`: starts a backup by hand. */
export const manualBackup = (deps: AppDeps): HttpHandler =>
  answering(deps, async (request, context) => {
    const wanted = await readStartRequest(request);
    const logged = withLog(deps, context);
    const names = deps.settings.hsms.map(({ name }) => name);
    if (!names.includes(wanted.hsm)) {
      return errorAnswer(404, "hsmNotFound", `hsm: expected one of ${names.join(", ")}, got another name`);
    }
    const taken = await startRun(logged, wanted.hsm, {
      trigger: "manual",
      key: wanted.key,
      traceparent: traceparentOf(context),
    });
    switch (taken.outcome) {
      case "taken":
        return accepted(logged, wanted.hsm, taken.active.id);
      case "repeated":
        return accepted(logged, wanted.hsm, taken.run);
      case "busy":
        return busy(wanted.hsm, taken.run);
      case "notDue":
        throw new Error("A manual start is always due.");
    }
  });

/** The card is taken, so the start is certain: an answer that can't show the run still gives its address. */
async function accepted(deps: Deps, hsm: string, run: string): Promise<HttpResponseInit> {
  const headers = { Location: addressOf(hsm, run), "Retry-After": String(LOOK_AGAIN_SECONDS) };
  try {
    const found = await findRun(deps, hsm, run);
    if (found.outcome === "found") return { status: 202, headers, jsonBody: found.record };
  } catch (thrown) {
    deps.log(stepFailed("show the run that was started", { hsm, run }, thrown));
  }
  return { status: 202, headers, jsonBody: { id: run, hsm, state: "Starting" } };
}

function busy(hsm: string, run: string): HttpResponseInit {
  const address = addressOf(hsm, run);
  const message = `A backup of ${hsm} runs already: ${address}`;
  return errorAnswer(409, "backupRunning", message, { Location: address, "Retry-After": String(LOOK_AGAIN_SECONDS) });
}
