import type { Hsm } from "./names.ts";
import type { Secret } from "./secret.ts";

/** How an HSM is authorized to write: with a SAS that the app mints, or with the identity attached to the HSM. */
export type Authentication = "sas" | "managedIdentity";

/** The parsed settings. Times in milliseconds. */
export type Settings = {
  /** The name of the Function app, which owns its ledger; `local` outside Azure. */
  readonly app: string;
  /** The version of the app. */
  readonly version: string;
  readonly hsms: readonly Hsm[];
  /** Blob service URL without a trailing slash. */
  readonly storageUrl: string;
  readonly schedule: Schedule;
  readonly containerPrefix: string;
  /** The container of the ledger and, with `-follow-ups`, the queue. */
  readonly ledger: string;
  readonly authentication: Authentication;
  /** Not used if HSMs write with their own identity. */
  readonly sasLifetime: number;
  readonly hsmApiVersion: string;
  readonly deadline: number;
  /** Null: off. */
  readonly maxAge: number | null;
  /** Called after each tick. Anyone who knows the address can call it, so it is a secret. Null: off. */
  readonly pingUrl: Secret | null;
  /** Wrong settings that were left out. Logged at every tick and shown by health; everything else is backed up. */
  readonly problems: readonly SettingProblem[];
};

/** A setting that cannot be used: what was expected and found, never a secret. `hsm`: the HSM that is not backed up. */
export type SettingProblem = { readonly setting: string; readonly problem: string; readonly hsm?: string };

/** When backups are due. Slots are instants in UTC. */
export type Schedule = {
  /** As written in the setting. */
  readonly text: string;
  /** The newest slot at or before `at`, or undefined if there is none. */
  readonly newestSlot: (at: Date) => Date | undefined;
  /** The first slot after `at`, or undefined if there is none. */
  readonly nextSlot: (at: Date) => Date | undefined;
};

/** Parses the text of a schedule. The problem says what was expected. */
export type ParseSchedule = (text: string) => { readonly schedule: Schedule } | { readonly problem: string };
