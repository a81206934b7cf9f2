import { type Environment, type ReadSettings, readSettings } from "../../backup/read-settings.ts";
import type { SettingProblem, Settings } from "../../backup/settings.ts";
import { parseFakeSchedule } from "../fakes/fake-schedule.ts";
import { STORAGE } from "./samples.ts";

/** The least that the app must be told. */
export const REQUIRED = { BACKUP_HSM_URLS: "https://contoso.managedhsm.azure.net", BACKUP_STORAGE_URL: STORAGE };

/** What is read where these settings differ from the least that must be told. */
export const read = (changes: Environment = {}): ReadSettings =>
  readSettings({ ...REQUIRED, ...changes }, parseFakeSchedule);

/** The same, where they are usable. @throws where they aren't */
export function usable(changes: Environment = {}): Settings {
  const outcome = read(changes);
  if (outcome.outcome !== "usable") throw new Error(JSON.stringify(outcome.problems));
  return outcome.settings;
}

export const problemsOf = (outcome: ReadSettings): readonly SettingProblem[] =>
  outcome.outcome === "usable" ? outcome.settings.problems : outcome.problems;
