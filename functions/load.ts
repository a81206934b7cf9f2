import { app } from "@azure/functions";
import { connect } from "../azure/connect.ts";
import { parseSchedule } from "../azure/schedule/ncrontab.ts";
import { readHostStorage } from "../azure/storage/storage-clients.ts";
import type { Intervals } from "../backup/intervals.ts";
import { type Environment, readSettings } from "../backup/read-settings.ts";
import type { SettingProblem } from "../backup/settings.ts";
import { register } from "./index.ts";

/** Reads the settings once and registers every trigger, or throws one error that names everything that is wrong. */
export function load(env: Environment, intervals: Intervals): void {
  const read = readSettings(env, parseSchedule);
  const host = readHostStorage(env);
  const hostProblems = [...("problems" in host ? host.problems : []), ...uncheckedCertificates(env)];
  if (read.outcome === "unusable") throw refusal([...read.problems, ...hostProblems]);
  if ("problems" in host || hostProblems.length > 0) throw refusal([...read.settings.problems, ...hostProblems]);
  register(app, connect(env, read.settings, host.settings, intervals), intervals);
}

/** A SAS, a token and whatever an HSM answers would be anybody's who stands in between. */
function uncheckedCertificates({ NODE_TLS_REJECT_UNAUTHORIZED: setting }: Environment): readonly SettingProblem[] {
  if (setting !== "0") return [];
  const problem = "expected not to be 0: certificates must be checked; trust a private one with NODE_EXTRA_CA_CERTS";
  return [{ setting: "NODE_TLS_REJECT_UNAUTHORIZED", problem }];
}

/** One line per setting, so that one look at the log mends them all. */
function refusal(problems: readonly SettingProblem[]): Error {
  const lines = problems.map(({ setting, problem }) => `  ${setting}: ${problem}`);
  return new Error(`No backup can be made with these settings:\n${lines.join("\n")}`);
}
