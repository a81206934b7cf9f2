import type { Hsm } from "./hsm.ts";
import type { Schedule } from "./schedule.ts";

/** How an HSM gets to the storage: with a SAS that the app mints, or with the identity that is attached to the HSM. */
export type Authentication = "sas" | "managedIdentity";

/** The app's settings as they were understood. Times in milliseconds. */
export type Settings = {
  readonly hsms: readonly Hsm[];
  /** Blob service URL with no slash at the end. */
  readonly storageUrl: string;
  readonly schedule: Schedule;
  readonly containerPrefix: string;
  readonly authentication: Authentication;
  /** Means nothing where HSMs write with their own identity. */
  readonly sasLifetime: number;
  readonly hsmApiVersion: string;
  readonly deadline: number;
  readonly maxAge: number;
  /** What was wrong and could be left out: told by log and health, while everything else is backed up. */
  readonly problems: readonly SettingProblem[];
};

/** One setting that can't be used: its name, and what was expected and got (never a secret's value). */
export type SettingProblem = { readonly setting: string; readonly problem: string };
