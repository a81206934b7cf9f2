import { type Fields, fieldsOf, list } from "../../scripts/json.ts";
import { until } from "../until.ts";
import type { Answer, RunningHost } from "./running-host.ts";

export const fieldsIn = (answer: Answer): Fields => fieldsOf(answer.body, "answer");
export const errorIn = (answer: Answer): Fields => fieldsOf(fieldsIn(answer).error, "error");
export const runsIn = (answer: Answer): readonly Fields[] => list(fieldsIn(answer), "runs");

/** Starts a backup by hand. @returns the id of its run */
export async function startByHand(host: RunningHost, hsm: string): Promise<string> {
  const answer = await host.post(JSON.stringify({ hsm }));
  if (answer.status !== 202) throw new Error(`The start of ${hsm} was answered ${answer.status}: ${answer.text}`);
  return String(fieldsIn(answer).id);
}

/** The record of a run, once it has ended. */
export const untilEnded = (host: RunningHost, hsm: string, run: unknown): Promise<Fields> =>
  until(`${run} has ended`, async () => {
    const record = fieldsIn(await host.get(`/api/backups/${hsm}/${run}`));
    return record.endedAt === null ? undefined : record;
  });

/** The app's health, with its entry for each HSM. */
export async function healthOf(
  host: RunningHost,
): Promise<{ readonly status: number; readonly hsms: readonly Fields[]; readonly problems: readonly Fields[] }> {
  const answer = await host.get("/api/health");
  const body = fieldsIn(answer);
  return { status: answer.status, hsms: list(body, "hsms"), problems: list(body, "problems") };
}

export const untilHealthy = (host: RunningHost): Promise<true> =>
  until("health answers 200", async () => (await healthOf(host)).status === 200);
