import { createHttpHeaders, type HttpClient } from "@azure/core-rest-pipeline";
import { expect } from "vitest";
import { managedHsm } from "../../../azure/managed-hsm/managed-hsm.ts";
import type { JobReport } from "../../../backup/model/job-report.ts";
import { PATIENT } from "../../azure/managed-hsm/patient-client.ts";

export const JOB_ID = "45aacd568ab049a2803861e8dd3ae21f";
/** What an HSM says of a job that runs. */
export const GOOD = {
  status: "InProgress",
  statusDetails: null,
  error: null,
  jobId: JOB_ID,
  azureStorageBlobContainerUri: null,
};
export const HSM = { name: "contoso", url: "https://contoso.managedhsm.azure.net" };
/** Milliseconds: nothing here has to wait, so that this is never reached. */
export const PATIENCE = 20_000;

/** A client that is given this answer, and the addresses that it asked. */
export function answered(status: number, body: unknown, headers: Record<string, string> = {}) {
  const asked: URL[] = [];
  const bodyAsText = typeof body === "string" ? body : JSON.stringify(body);
  const httpClient: HttpClient = {
    sendRequest: async (request) => {
      asked.push(new URL(request.url));
      return { request, status, bodyAsText, headers: createHttpHeaders(headers) };
    },
  };
  const options = {
    ...PATIENT,
    callTimeLimit: PATIENCE,
    startTimeLimit: PATIENCE,
    httpClient,
  };
  return { ...managedHsm(options), asked };
}

/** A report that a record can be made of. */
export function expectReport(report: JobReport): void {
  expect(["running", "Succeeded", "Failed", "Canceled"]).toContain(report.status);
  if (report.folderUrl !== null) expect(report.folderUrl).not.toMatch(/[?#\r\n]/);
}
