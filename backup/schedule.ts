/** When backups are wanted. Slots are instants in UTC. */
export type Schedule = {
  /** As the operator wrote it. */
  readonly text: string;
  /** The newest slot at or before `at`, or undefined where there was none. */
  readonly newestSlot: (at: Date) => Date | undefined;
  /** The first slot after `at`, or undefined where there is none any more. */
  readonly nextSlot: (at: Date) => Date | undefined;
  /** The longest time between two slots that follow each other, in milliseconds. */
  readonly longestGap: number;
};

/** Reads a schedule's text; what is wrong with it comes back as a problem: what was expected. */
export type ParseSchedule = (text: string) => { readonly schedule: Schedule } | { readonly problem: string };
