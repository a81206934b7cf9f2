import { type Hsm, makesValidContainers, parseServiceUrl } from "../model/names.ts";
import { quoted } from "../model/secret.ts";
import type { SettingProblem } from "../model/settings.ts";

const SETTING = "BACKUP_HSM_URLS";

/** Returns the HSMs that can be backed up, and one problem for each other entry. */
export function readHsms(text: string, prefix: string): { hsms: readonly Hsm[]; problems: readonly SettingProblem[] } {
  const hsms: Hsm[] = [];
  const problems: SettingProblem[] = [];
  const entries = text.split(",").map((entry) => entry.trim());
  for (const entry of entries.filter((each) => each !== "")) {
    const read = parseServiceUrl("hsm", entry);
    if ("problem" in read) {
      problems.push({ setting: SETTING, problem: read.problem, ...(read.name !== undefined && { hsm: read.name }) });
    } else if (hsms.some(({ name }) => name === read.name)) {
      problems.push({ setting: SETTING, problem: `two HSMs are named ${read.name}: remove ${read.url}` });
    } else if (makesValidContainers(prefix, read.name)) hsms.push(read);
    else {
      const problem = `expected a prefix that makes container names of 3 to 63 lower-case letters, digits and single hyphens with ${read.name}, got ${quoted(prefix)}`;
      problems.push({ setting: "BACKUP_CONTAINER_PREFIX", problem, hsm: read.name });
    }
  }
  if (hsms.length === 0 && problems.length === 0) {
    problems.push({ setting: SETTING, problem: "expected one or more HSM URLs separated by commas, got nothing" });
  }
  return { hsms, problems };
}
