import type { HttpHandler, HttpResponseInit } from "@azure/functions";
import { stepFailed } from "../../backup/model/events.ts";
import { toRecord } from "../../backup/model/run.ts";
import type { Ports } from "../../backup/ports.ts";
import { findRun } from "../../backup/steps/find-runs.ts";
import { reserveRun } from "../../backup/steps/reserve.ts";
import { sendMessage } from "../../backup/steps/step.ts";
import type { AppPorts } from "../invocation.ts";
import { addressOf, answering, errorAnswer, jsonAnswer } from "./answers.ts";
import { readStartRequest } from "./read-start-request.ts";

const RETRY_AFTER_SECONDS = 10;
const NO_LENGTH =
  "No body has arrived: send it with Content-Length, because the Functions host does not pass on a body that is sent in chunks.";

/** `POST /api/backups`: starts a manual backup. Once the run is reserved, the answer is 202. */
export const manualBackup = (ports: AppPorts): HttpHandler =>
  answering(ports, async (request, logged) => {
    const wanted = await readStartRequest(request);
    if (wanted === "noLength") return errorAnswer(411, "lengthRequired", NO_LENGTH);
    const { name, key } = wanted;
    const { hsms } = ports.settings;
    const hsm = hsms.find((each) => each.name === name);
    if (hsm === undefined) {
      const names = hsms.map((each) => each.name).join(", ");
      return errorAnswer(404, "hsmNotFound", `hsm: expected one of ${names}, got another name`);
    }
    const reserved = await reserveRun(logged, hsm, { trigger: "manual", key });
    switch (reserved.outcome) {
      case "reserved":
        await sendMessage(logged, reserved.stored);
        return accepted(name, reserved.run.id, toRecord(reserved.run));
      case "repeated":
        return accepted(name, reserved.run, await shown(logged, name, reserved.run));
      case "busy":
        return busy(name, reserved.run);
      case "notDue":
        throw new Error("A manual start is always due.");
    }
  });

const headersOf = (hsm: string, run: string) => ({
  Location: addressOf(hsm, run),
  "Retry-After": String(RETRY_AFTER_SECONDS),
});

const accepted = (hsm: string, run: string, body: unknown): HttpResponseInit =>
  jsonAnswer(202, body, headersOf(hsm, run));

/** The run that a repeated start finds, or only its id if it cannot be read. */
async function shown(ports: Ports, hsm: string, run: string): Promise<unknown> {
  try {
    const found = await findRun(ports, hsm, run);
    if (found.outcome === "found") return found.record;
  } catch (thrown) {
    ports.log(stepFailed("read the run of a repeated start", { hsm, run }, thrown));
  }
  return { id: run, hsm };
}

const busy = (hsm: string, run: string): HttpResponseInit =>
  errorAnswer(409, "backupRunning", `A backup of ${hsm} is running: ${addressOf(hsm, run)}`, headersOf(hsm, run));
