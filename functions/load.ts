import { app } from "@azure/functions";
import { connect } from "../azure/connect.ts";
import { parseSchedule } from "../azure/ncrontab.ts";
import { readHostStorage } from "../azure/storage-clients.ts";
import type { Intervals } from "../backup/intervals.ts";
import { type Environment, readSettings } from "../backup/read-settings.ts";
import type { SettingProblem } from "../backup/settings.ts";
import { register } from "./index.ts";

/** Reads the settings once and registers every trigger, or throws one error that names everything that is wrong. */
export function load(env: Environment, intervals: Intervals): void {
  const read = readSettings(env, parseSchedule);
  const host = readHostStorage(env);
  const hostProblems = "problems" in host ? host.problems : [];
  if (read.outcome === "unusable") throw refusal([...read.problems, ...hostProblems]);
  if ("problems" in host) throw refusal([...read.settings.problems, ...host.problems]);
  register(app, connect(env, read.settings, host.settings, intervals), intervals);
}

/** One line per setting, so that one look at the log mends them all. */
function refusal(problems: readonly SettingProblem[]): Error {
  const lines = problems.map(({ setting, problem }) => `  ${setting}: ${problem}`);
  return new Error(`No backup can be made with these settings:\n${lines.join("\n")}`);
}
