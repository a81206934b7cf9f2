/** What can be killed. */
export const VICTIMS = ["host", "hostStorage", "backupStorage", "hsmEmulator"] as const;
export type Victim = (typeof VICTIMS)[number];

const VICTIM_NAMES: Readonly<Record<Victim, string>> = {
  host: "hosts",
  hostStorage: "the hosts' storage",
  backupStorage: "the backups' storage",
  hsmEmulator: "the HSM emulator",
};

/** What was done to the world, counted while it is done. */
export type Deeds = {
  readonly kills: Record<Victim, number>;
  callsHeld: number;
  callsDropped: number;
  stalls: number;
  connectionsCut: number;
  /** By the name of the fault. */
  readonly hsmFaults: Map<string, number>;
  foreignJobs: number;
};

export const newDeeds = (): Deeds => ({
  kills: { host: 0, hostStorage: 0, backupStorage: 0, hsmEmulator: 0 },
  callsHeld: 0,
  callsDropped: 0,
  stalls: 0,
  connectionsCut: 0,
  hsmFaults: new Map(),
  foreignJobs: 0,
});

export const killsOf = ({ kills }: Deeds): number => VICTIMS.reduce((sum, victim) => sum + kills[victim], 0);

/** The deeds for a person, one line each. */
export function describeDeeds(deeds: Deeds): readonly string[] {
  const kills = VICTIMS.map((victim) => `${VICTIM_NAMES[victim]} ${deeds.kills[victim]}`).join(", ");
  const faults = [...deeds.hsmFaults]
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([name, times]) => `${name} ${times}`);
  return [
    `killed ${killsOf(deeds)}: ${kills}`,
    `calls of the hosts to their storage: ${deeds.callsHeld} held, ${deeds.callsDropped} dropped`,
    `network to HSMs and backups: stood still ${deeds.stalls} times, ${deeds.connectionsCut} connections cut`,
    `faults of the HSMs: ${faults.join(", ") || "none"}; jobs of another tool: ${deeds.foreignJobs}`,
  ];
}
