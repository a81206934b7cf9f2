/** All choices of a chaos run: the same seed and name give the same row of choices. */
export type Random = {
  /** From 0 up to, and without, 1. */
  readonly share: () => number;
  readonly between: (least: number, most: number) => number;
  readonly pick: <T>(from: readonly [T, ...(readonly T[])]) => T;
  readonly isChance: (share: number) => boolean;
  /** A separate stream for an actor that runs beside others. */
  readonly fork: () => Random;
};

const STEP = 0x6d2b79f5;
const RANGE = 2 ** 32;
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/**
 * One row of choices for one actor, so that how fast the others act changes nothing in it: mulberry32
 * (https://github.com/cprosche/mulberry32), begun from the FNV-1a hash of seed and name.
 */
export function makeRandom(seed: number, name: string): Random {
  let state = hash(`${seed}/${name}`);
  const share = (): number => {
    state = (state + STEP) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / RANGE;
  };
  return {
    share,
    between: (least, most) => least + share() * (most - least),
    pick: (from) => from[Math.floor(share() * from.length)] ?? from[0],
    isChance: (chance) => share() < chance,
    fork: () => makeRandom(Math.floor(share() * RANGE), name),
  };
}

function hash(text: string): number {
  let value = FNV_OFFSET;
  for (const character of text) value = Math.imul(value ^ (character.codePointAt(0) ?? 0), FNV_PRIME);
  return value >>> 0;
}
