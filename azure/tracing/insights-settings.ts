import type { Environment } from "../../backup/read-settings.ts";
import type { SettingProblem } from "../../backup/settings.ts";

const CONNECTION = "APPLICATIONINSIGHTS_CONNECTION_STRING";
const AUTHENTICATION = "APPLICATIONINSIGHTS_AUTHENTICATION_STRING";
const TRACK_PATH = "/v2.1/track";
// The audience keeps its slash before "/.default": https://learn.microsoft.com/azure/azure-monitor/app/azure-ad-authentication
const SCOPE = "https://monitor.azure.com//.default";

/** Where spans go. */
export type Insights = {
  readonly instrumentationKey: string;
  readonly trackUrl: string;
  /** How to show who sends; undefined where the key alone does (local authentication). */
  readonly token: { readonly scope: string; readonly clientId: string | undefined } | undefined;
  readonly role: string;
  readonly instance: string;
};

export type ReadInsights =
  | { readonly outcome: "absent" }
  | { readonly outcome: "unusable"; readonly problem: SettingProblem }
  | { readonly outcome: "usable"; readonly insights: Insights };

/** Reads the settings by which the Functions host itself finds Application Insights. Without them nothing is traced. */
export function readInsights(env: Environment): ReadInsights {
  const text = env[CONNECTION]?.trim() ?? "";
  if (text === "") return { outcome: "absent" };
  const { instrumentationkey = "", ingestionendpoint = "", aadaudience } = pairsOf(text);
  if (instrumentationkey === "" || !isSafe(ingestionendpoint)) {
    const problem = "expected InstrumentationKey=…;IngestionEndpoint=https://…; until then no run is traced";
    return { outcome: "unusable", problem: { setting: CONNECTION, problem } };
  }
  const { authorization, clientid } = pairsOf(env[AUTHENTICATION] ?? "");
  const scope = aadaudience ? `${aadaudience}/.default` : SCOPE;
  return {
    outcome: "usable",
    insights: {
      instrumentationKey: instrumentationkey,
      trackUrl: new URL(TRACK_PATH, ingestionendpoint).href,
      token: authorization?.toUpperCase() === "AAD" ? { scope, clientId: clientid || undefined } : undefined,
      role: env.WEBSITE_SITE_NAME ?? "managed-hsm-backup",
      instance: env.WEBSITE_INSTANCE_ID ?? env.HOSTNAME ?? "",
    },
  };
}

/** A token is sent there. */
const isSafe = (url: string): boolean => URL.canParse(url) && new URL(url).protocol === "https:";

/** `Name=value;Name=value`, the names in small letters. */
function pairsOf(text: string): Readonly<Record<string, string | undefined>> {
  const pairs = text.split(";").map((pair): [string, string] => {
    const [name = "", ...value] = pair.split("=");
    return [name.trim().toLowerCase(), value.join("=").trim()];
  });
  return Object.fromEntries(pairs);
}
