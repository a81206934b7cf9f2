/** The next number of a stream, from 0 up to but not including 1. */
export type Random = () => number;

const WHOLE = 2 ** 32;
const WARM_UP = 12;

/**
 * A stream of random numbers (sfc32) that depends only on the seed and the stream's name: what one part of the world
 * draws shifts nothing in another.
 */
export function randomStream(seed: number, name: string): Random {
  let a = hashText(name, seed);
  let b = seed | 0;
  let c = Math.imul(seed, 0x9e3779b1);
  let counter = 1;
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / WHOLE;
  };
  for (let turn = 0; turn < WARM_UP; turn++) next();
  return next;
}

/** A number from 0 to 1 that depends on its arguments alone (the finalizer of MurmurHash3). */
export function hashed(seed: number, x: number, y: number, z: number): number {
  let hash = Math.imul(seed ^ 0x2545f491, 0x85ebca6b) ^ Math.imul(x, 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 15), 0xc2b2ae35) ^ Math.imul(y, 0x27d4eb2f);
  hash = Math.imul(hash ^ (hash >>> 13), 0x85ebca6b) ^ Math.imul(z, 0x165667b1);
  hash = Math.imul(hash ^ (hash >>> 16), 0xc2b2ae35);
  return ((hash ^ (hash >>> 15)) >>> 0) / WHOLE;
}

function hashText(text: string, seed: number): number {
  let hash = seed ^ 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash;
}

/** A whole number from `least` up to but not including `end`. */
export const wholeFrom = (size: number, least: number, end: number): number => least + Math.floor(size * (end - least));

/** The item that a number from 0 to 1 points at. @throws for an empty list */
export function pick<T>(items: readonly T[], size: number): T {
  const item = items[Math.floor(size * items.length)];
  if (item === undefined) throw new RangeError("There is nothing to pick from.");
  return item;
}
