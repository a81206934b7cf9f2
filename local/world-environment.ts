import { LOOPBACK } from "./port.ts";

/**
 * Settings that would lead a local program out of its world: to another identity, storage or telemetry account.
 * Names are compared in upper case, as Windows does.
 */
const FOREIGN_PREFIXES = ["AZURE_", "AZUREWEBJOBS", "APPLICATIONINSIGHTS_", "APPINSIGHTS_", "IDENTITY_", "MSI_"];
const WITHOUT_PROXY = [LOOPBACK, "localhost"];

/** What the programs of the local world get of this process's environment: all but what leads out of the world. */
export function worldEnvironment(own: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(own).filter(
    ([name]) => !FOREIGN_PREFIXES.some((prefix) => name.toUpperCase().startsWith(prefix)),
  );
  return { ...Object.fromEntries(kept), ...proxyBypass(own) };
}

/** The variables that keep calls to this machine away from a proxy. Both spellings are in use. */
export function proxyBypass(own: NodeJS.ProcessEnv): Readonly<Record<"NO_PROXY" | "no_proxy", string>> {
  const hosts = [own.NO_PROXY ?? own.no_proxy ?? "", ...WITHOUT_PROXY].filter((host) => host !== "").join(",");
  return { NO_PROXY: hosts, no_proxy: hosts };
}
