import type { CoverageAnswer } from "../../backup/model/views/coverage-view.ts";
import { type Api, apiAt, type RunsWanted } from "../client.ts";
import type { Context } from "./context.ts";
import { type ExitCode, NOT_WELL, OK } from "./exit-codes.ts";
import { showDoctor } from "./show/doctor.ts";
import { showHealth, showHsms } from "./show/hsms.ts";
import { showCoverage, showRun, showRuns } from "./show/runs.ts";

// The commands that ask one question and show the answer. Only those that are checks judge it by their exit code.

export async function hsms({ connection, print, look }: Context): Promise<ExitCode> {
  const answer = await apiAt(connection).hsms();
  print(answer, showHsms(answer, look));
  return OK;
}

export async function runs({ connection, print, note, look }: Context, wanted: RunsWanted): Promise<ExitCode> {
  const answer = await apiAt(connection).runs(wanted);
  print(answer, showRuns(answer, look));
  if (answer.cursor !== null) note("There are older runs. See more with --limit.");
  if (answer.unreadable?.length) note(`The states of these HSMs can't be read: ${answer.unreadable.join(", ")}`);
  return OK;
}

export async function show({ connection, print }: Context, hsm: string, run: string): Promise<ExitCode> {
  const answer = await apiAt(connection).run(hsm, run);
  print(answer, showRun(answer));
  return OK;
}

export async function coverage({ connection, print, look }: Context, hsm: string, days?: number): Promise<ExitCode> {
  const answer = await allSlots(apiAt(connection), hsm, days);
  print(answer, showCoverage(answer, look));
  return OK;
}

/** The pages of an answer as one. */
async function allSlots(api: Api, hsm: string, days: number | undefined): Promise<CoverageAnswer> {
  const first = await api.coverage(hsm, { days });
  const slots = [...first.slots];
  let { cursor } = first;
  while (cursor !== null) {
    const page = await api.coverage(hsm, { days, cursor });
    slots.push(...page.slots);
    cursor = page.slots.length === 0 ? null : page.cursor;
  }
  return { ...first, slots, cursor: null };
}

export async function health({ connection, print, look }: Context): Promise<ExitCode> {
  const answer = await apiAt(connection).health();
  print(answer, showHealth(answer, look));
  return answer.status === "healthy" ? OK : NOT_WELL;
}

export async function doctor({ connection, print, look }: Context): Promise<ExitCode> {
  const answer = await apiAt(connection).doctor();
  print(answer, showDoctor(answer, look));
  return answer.isOk ? OK : NOT_WELL;
}
