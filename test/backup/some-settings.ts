import type { SettingProblem, Settings } from "../../backup/model/settings.ts";
import { type Environment, type ReadSettings, readSettings } from "../../backup/settings/read-settings.ts";
import { parseFakeSchedule } from "../fakes/fake-schedule.ts";
import { STORAGE } from "./samples.ts";

/** The settings that have no default. */
export const REQUIRED = { BACKUP_HSM_URLS: "https://contoso.managedhsm.azure.net", BACKUP_STORAGE_URL: STORAGE };
export const VERSION = "1.2.3";

/** The required settings with these changes, as they are read. */
export const read = (changes: Environment = {}): ReadSettings =>
  readSettings({ ...REQUIRED, ...changes }, VERSION, parseFakeSchedule);

/** The same, where they are usable. @throws where they aren't */
export function usable(changes: Environment = {}): Settings {
  const outcome = read(changes);
  if (outcome.outcome !== "usable") throw new Error(JSON.stringify(outcome.problems));
  return outcome.settings;
}

export const problemsOf = (outcome: ReadSettings): readonly SettingProblem[] =>
  outcome.outcome === "usable" ? outcome.settings.problems : outcome.problems;

/** The settings of a test: contoso and fabrikam, every night at two. */
export const settingsOf = (changes: Partial<Settings> = {}): Settings => ({
  ...usable({ BACKUP_HSM_URLS: "https://contoso.managedhsm.azure.net,https://fabrikam.managedhsm.azure.net" }),
  ...changes,
});
