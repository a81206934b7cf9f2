import type { StoryWorld } from "./story-world.ts";

/** What happens to an installation, and what its alarms make of it. */
export type Story = {
  readonly name: string;
  /** One sentence for the table. */
  readonly summary: string;
  readonly begin: string;
  /** Those that the app has in its settings; `contoso` by default. */
  readonly hsms?: readonly string[];
  /** Those that the template has, where they are others. */
  readonly watched?: readonly string[];
  readonly audit?: "AZKVAuditLogs" | "AzureDiagnostics";
  /** When the template was deployed; `begin` by default. */
  readonly installedAt?: string;
  /** From when on the rules are evaluated; `begin` by default. */
  readonly watchedFrom?: string;
  readonly live: (world: StoryWorld) => Promise<void>;
  /** Every alert, and no other, in the order of firing: `alarm of: fired - resolved`. */
  readonly alerts: readonly string[];
};

/** Half past ten on a Sunday: the app was installed ten minutes ago, and the first backup is started by hand. */
export const BEGIN = "2026-11-01T10:20:00Z";
const FIRST_BACKUP = "2026-11-01T10:30:00Z";
/** After some days that nothing is known of but good: what is usual is known by now. */
export const WATCHED_FROM = "2026-11-04T12:00:00Z";
/** An hour before the slot at two. */
export const THE_NIGHT = "2026-11-05T01:00:00Z";

/** As the post-provision step does: a first backup of each HSM. */
export async function install(world: StoryWorld): Promise<void> {
  await world.until(FIRST_BACKUP);
  for (const hsm of world.hsms) await world.startByHand(hsm);
}

/** Installed, and well until the night that the story is about. */
export async function liveUntilTheNight(world: StoryWorld): Promise<void> {
  await install(world);
  await world.until(THE_NIGHT);
}
