/** A moment of the world as checks and stories tell it: `02:03:04.567`, UTC. */
export const clock = (at: number): string => new Date(at).toISOString().slice(11, 23);

/** A span as people say it: `4.5 min`. */
export const minutes = (ms: number): string => `${Math.round(ms / 6_000) / 10} min`;

/** A slot as it stands in records. */
export const slotWords = (slot: number | null): string =>
  slot === null ? "started by hand" : `slot ${clock(slot).slice(0, 8)}`;
