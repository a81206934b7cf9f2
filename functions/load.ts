import { app } from "@azure/functions";
import { connect } from "../azure/connect.ts";
import { parseSchedule } from "../azure/schedule/ncrontab.ts";
import { readHostStorage } from "../azure/storage/host-storage.ts";
import type { Intervals } from "../backup/model/intervals.ts";
import type { SettingProblem } from "../backup/model/settings.ts";
import { type Environment, readSettings } from "../backup/settings/read-settings.ts";
import packageJson from "../package.json" with { type: "json" };
import { register } from "./index.ts";
import { registerRejected } from "./rejected-settings.ts";

/** Reads the settings once and registers every trigger. Never throws because of a setting. */
export function load(env: Environment, intervals: Intervals): void {
  const read = readSettings(env, packageJson.version, parseSchedule);
  const host = readHostStorage(env);
  const fatal = [...("problems" in host ? host.problems : []), ...uncheckedCertificates(env)];
  if (read.outcome === "unusable" || "problems" in host || fatal.length > 0) {
    const problems = read.outcome === "unusable" ? read.problems : read.settings.problems;
    registerRejected(app, [...problems, ...fatal], intervals);
  } else {
    register(app, connect(env, read.settings, host.host, intervals), intervals);
  }
}

/** Without certificate checks a man in the middle reads the SAS, the tokens and every answer. */
function uncheckedCertificates({ NODE_TLS_REJECT_UNAUTHORIZED: setting }: Environment): readonly SettingProblem[] {
  if (setting !== "0") return [];
  const problem = "expected not to be 0: certificates must be checked; trust a private one with NODE_EXTRA_CA_CERTS";
  return [{ setting: "NODE_TLS_REJECT_UNAUTHORIZED", problem }];
}
