import { makesValidContainers } from "./container-name.ts";
import { describe } from "./fields.ts";
import { type Hsm, isHsmName } from "./hsm.ts";
import { redact } from "./secret.ts";
import type { SettingProblem } from "./settings.ts";

// https://learn.microsoft.com/azure/key-vault/managed-hsm: public cloud, US government, China.
const DOMAINS = ["managedhsm.azure.net", "managedhsm.usgovcloudapi.net", "managedhsm.azure.cn"];
const LOOPBACK = /^(127(\.\d{1,3}){3}|\[::1\]|localhost)$/;
const SETTING = "BACKUP_HSM_URLS";

export const isLoopback = (url: URL): boolean => LOOPBACK.test(url.hostname);

/** The HSMs that can be used, and one problem for each that can't. */
export function readHsms(text: string, prefix: string): { hsms: readonly Hsm[]; problems: readonly SettingProblem[] } {
  const hsms: Hsm[] = [];
  const problems: SettingProblem[] = [];
  const entries = text.split(",").map((entry) => entry.trim());
  for (const entry of entries.filter((each) => each !== "")) {
    const read = readHsm(entry);
    if ("problem" in read) problems.push({ setting: SETTING, problem: read.problem });
    else if (hsms.some(({ name }) => name === read.name)) {
      problems.push({ setting: SETTING, problem: `two HSMs are named ${read.name}: leave out ${read.url}` });
    } else if (makesValidContainers(prefix, read.name)) hsms.push(read);
    else {
      const problem = `with ${read.name} it must give container names of 3 to 63 lower-case letters, digits and single hyphens`;
      problems.push({ setting: "BACKUP_CONTAINER_PREFIX", problem: `${problem}, got ${describe(prefix)}` });
    }
  }
  if (hsms.length === 0 && problems.length === 0) {
    problems.push({ setting: SETTING, problem: "expected one or more HSM URLs with commas between them, got nothing" });
  }
  return { hsms, problems };
}

function readHsm(entry: string): Hsm | { problem: string } {
  const expected = "expected https://{name}.managedhsm.azure.net";
  const url = URL.canParse(entry) ? new URL(entry) : undefined;
  // What is no URL may be anything, a secret pasted into the wrong field included: it isn't repeated.
  if (url === undefined) return { problem: `${expected}, got ${entry.length} characters that are no URL` };
  // Nor is what follows another scheme: `user:password@host` reads as one.
  if (url.protocol !== "https:") return { problem: `${expected}, got another scheme than https` };
  const seen = redact(`${url.protocol}//${url.host}${url.pathname}`);
  if (url.username || url.password || url.search || url.hash) {
    return { problem: `${expected} with no user, query or fragment, got more after ${seen}` };
  }
  return isLoopback(url) ? readEmulator(url, seen) : readReal(url, seen, expected);
}

function readReal(url: URL, seen: string, expected: string): Hsm | { problem: string } {
  const [name = "", ...domain] = url.hostname.split(".");
  if (!DOMAINS.includes(domain.join(".")))
    return { problem: `${expected} (or of ${DOMAINS.slice(1).join(", ")}), got ${seen}` };
  if (url.pathname !== "/" || url.port !== "") return { problem: `${expected} with no path or port, got ${seen}` };
  if (!isHsmName(name)) return { problem: `expected a name of 3 to 24 letters, digits and hyphens, got ${seen}` };
  return { name, url: `https://${url.hostname}` };
}

/** On loopback nothing but the emulator can be meant: it names HSMs by the first segment of the path. */
function readEmulator(url: URL, seen: string): Hsm | { problem: string } {
  const [name = "", ...rest] = url.pathname.replace(/^\/|\/+$/g, "").split("/");
  if (!isHsmName(name) || rest.length > 0)
    return { problem: `expected https://${url.host}/{name} on loopback, got ${seen}` };
  return { name, url: `https://${url.host}/${name}` };
}
