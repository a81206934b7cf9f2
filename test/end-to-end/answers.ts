import { type Fields, fieldsOf } from "../../backup/fields.ts";
import { until } from "../until.ts";
import type { Answer, RunningHost } from "./running-host.ts";

/** A schedule with no slot while the tests run. */
export const NEW_YEAR = "0 0 0 1 1 *";

export const fieldsIn = (answer: Answer): Fields => fieldsOf(answer.body, "answer");
export const errorIn = (answer: Answer): Fields => fieldsOf(fieldsIn(answer).error, "error");
export const runsIn = (answer: Answer): readonly Fields[] => {
  const { runs } = fieldsIn(answer);
  return Array.isArray(runs) ? runs.map((run) => fieldsOf(run, "run")) : [];
};

/** The record of a run that has ended, waited for. */
export const untilEnded = (host: RunningHost, hsm: string, run: unknown): Promise<Fields> =>
  until(
    `${run} has ended`,
    async () => {
      const record = fieldsIn(await host.get(`/api/backups/${hsm}/${run}`));
      return record.endedAt === null ? undefined : record;
    },
    60,
  );

/** How the app says that it stands, with its entry for each HSM. */
export async function healthOf(
  host: RunningHost,
): Promise<{ readonly status: number; readonly hsms: readonly Fields[] }> {
  const answer = await host.get("/api/health");
  const { hsms } = fieldsIn(answer);
  return { status: answer.status, hsms: Array.isArray(hsms) ? hsms.map((entry) => fieldsOf(entry, "entry")) : [] };
}
