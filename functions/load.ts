import { app } from "@azure/functions";
import { connect } from "../azure/connect.ts";
import { parseSchedule } from "../azure/schedule/ncrontab.ts";
import { readHostStorage } from "../azure/storage/host-storage.ts";
import { messageOf } from "../backup/model/call-failed.ts";
import type { Intervals } from "../backup/model/intervals.ts";
import type { SettingProblem } from "../backup/model/settings.ts";
import { type Environment, readSettings } from "../backup/settings/read-settings.ts";
import packageJson from "../package.json" with { type: "json" };
import { register } from "./index.ts";
import type { AppPorts } from "./invocation.ts";
import { registerRejected } from "./rejected-settings.ts";

/** Reads the settings once and registers every trigger. Never throws because of a setting. */
export function load(env: Environment, intervals: Intervals): void {
  const read = readSettings(env, packageJson.version, parseSchedule);
  // Before the host's storage: where the proxy is no URL, the SDK makes no client to check a connection string with.
  const proxy = unreadableProxy(env);
  const host = proxy.length > 0 ? { problems: proxy } : readHostStorage(env);
  const fatal = [...("problems" in host ? host.problems : []), ...uncheckedCertificates(env)];
  if (read.outcome === "unusable" || "problems" in host || fatal.length > 0) {
    const problems = read.outcome === "unusable" ? read.problems : read.settings.problems;
    registerRejected(app, [...problems, ...fatal], intervals);
    return;
  }
  const connected = tryToConnect(() => connect(env, read.settings, host.host, intervals));
  if ("problem" in connected) registerRejected(app, [...read.settings.problems, connected], intervals);
  else register(app, connected, intervals);
}

/** The Azure SDK reads more variables than the settings, and throws at a wrong one. */
function tryToConnect(connectAll: () => AppPorts): AppPorts | SettingProblem {
  try {
    return connectAll();
  } catch (thrown) {
    const problem = "the Azure SDK refuses a variable that it reads itself, such as AZURE_AUTHORITY_HOST";
    return { setting: "environment", problem: `${problem}: ${messageOf(thrown)}` };
  }
}

/** In the order of the Azure SDK, which uses the first that is set. */
const PROXIES = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "HTTP_PROXY", "http_proxy"];

/** With a proxy that is no URL the SDK throws wherever a client is made; `proxy:3128` is one, of the scheme `proxy:`. */
function unreadableProxy(env: Environment): readonly SettingProblem[] {
  const setting = PROXIES.find((name) => env[name]);
  const text = (setting && env[setting]) ?? "";
  if (setting === undefined || (/^https?:/i.test(text) && URL.canParse(text))) return [];
  // The text is not shown: it may hold a password.
  return [{ setting, problem: "expected the URL of a proxy, as http://proxy.contoso.example:3128, got another text" }];
}

/** Without certificate checks a man in the middle reads the SAS, the tokens and every answer. */
function uncheckedCertificates({ NODE_TLS_REJECT_UNAUTHORIZED: setting }: Environment): readonly SettingProblem[] {
  if (setting !== "0") return [];
  const problem = "expected not to be 0: certificates must be checked; trust a private one with NODE_EXTRA_CA_CERTS";
  return [{ setting: "NODE_TLS_REJECT_UNAUTHORIZED", problem }];
}
