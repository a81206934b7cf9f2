import { FAULT_KINDS, type FaultKind } from "./facts.ts";
import { pick, type Random, randomStream, wholeFrom } from "./random.ts";

/** Faults an hour of each kind in a world that has this kind at a usual rate. */
const USUAL: Readonly<Record<FaultKind, number>> = {
  callFails: 6,
  answerLost: 6,
  timeout: 5,
  throttled: 5,
  slowCall: 8,
  lateEffect: 6,
  sentTwice: 6,
  crash: 3,
  freeze: 1.5,
  clockSkewed: 1,
  clockSetBack: 1,
  timerMissed: 3,
  timerDoubled: 3,
  timerLate: 3,
  messageDoubled: 6,
  messageLate: 3,
  messageOutOfOrder: 5,
  queuePurged: 0.6,
  queueDown: 0.6,
  queueStalled: 0.6,
  ledgerDown: 0.6,
  ledgerReadOnly: 0.6,
  hsmUnreachable: 0.7,
  backupStorageDown: 0.6,
  identityDown: 0.6,
  rolesMissing: 0.8,
  ledgerDeleted: 0.5,
  jobLost: 1.5,
  jobFails: 1.2,
  jobCanceled: 1.2,
  jobNeverEnds: 1,
  emptyFolder: 1.5,
  foreignFolder: 1.2,
  rubbishAnswer: 4,
  changedMind: 4,
  startRefused: 2,
  sasExpired: 1.5,
  someoneElsesBackup: 1,
  recordDamaged: 0.7,
  recordDeleted: 0.7,
  cardDamaged: 0.7,
  cardDeleted: 0.7,
  cardPutBack: 0.7,
  blobTouched: 3,
  deployed: 0.7,
  deployedNewer: 0.6,
  hsmLeftSettings: 0.8,
};

/** What a process, its calls, its triggers and its messages suffer every day, in short: no outage and no hand. */
const EVERYDAY: readonly FaultKind[] = FAULT_KINDS.slice(0, FAULT_KINDS.indexOf("queuePurged"));

/** What lets two processes do the same step at once, and differ in what they saw. */
const RACES: readonly FaultKind[] = [
  "callFails",
  "answerLost",
  "throttled",
  "slowCall",
  "sentTwice",
  "timerDoubled",
  "messageDoubled",
  "rubbishAnswer",
  "changedMind",
  "blobTouched",
];

/**
 * Faults that tell something together only: each line is a place where a mistake shows in one world of a hundred of its own,
 * and in one of thousands of all kinds.
 */
const THEMES: readonly (readonly FaultKind[])[] = [
  // Two runs at once, whose results come onto a card that was lost.
  ["cardDeleted", "cardPutBack"],
  ["cardDeleted", "cardPutBack", "callFails", "startRefused"],
  // An old card, and nobody can see what was since.
  ["cardPutBack", "callFails", "throttled"],
  // Only the timer is left.
  ["queueStalled"],
  // Hosts that disagree about the settings.
  ["hsmLeftSettings", "timerDoubled"],
];

export type Rates = ReadonlyMap<FaultKind, number>;

const CALM_SHARE = 0.04;
const FEW_SHARE = 0.4;
const THEMES_SHARE = 0.12;
const RACES_SHARE = 0.08;
const STORM_SHARE = 0.18;
const QUIET_SHARE = 0.06;

/**
 * Which kinds of fault a world has, and how many an hour. Most worlds mix a few kinds; some are calm, some have a theme, some
 * are full of races, some have every everyday fault often and a few others, some have each kind seldom, and the rest everything.
 */
export function drawRates(seed: number): Rates {
  const random = randomStream(seed, "rates");
  let share = random();
  if (share < CALM_SHARE) return new Map();
  share -= CALM_SHARE;
  if (share < FEW_SHARE) return ratesOf(some(FAULT_KINDS, wholeFrom(random(), 1, 8), random), random, 0.7, 3);
  share -= FEW_SHARE;
  if (share < THEMES_SHARE) {
    const others = some(FAULT_KINDS, wholeFrom(random(), 0, 3), random);
    return ratesOf([...new Set([...pick(THEMES, random()), ...others])], random, 2, 15);
  }
  share -= THEMES_SHARE;
  if (share < RACES_SHARE) {
    // All of them at once keep so many messages alive that a broken chain is never missed.
    const kinds = some(RACES, wholeFrom(random(), 1, 5), random);
    return ratesOf([...new Set<FaultKind>([...kinds, "messageDoubled"])], random, 10, 40);
  }
  share -= RACES_SHARE;
  if (share < STORM_SHARE) {
    const others = some(FAULT_KINDS, wholeFrom(random(), 0, 7), random);
    return ratesOf([...new Set([...EVERYDAY, ...others])], random, 0.5, 4);
  }
  share -= STORM_SHARE;
  return share < QUIET_SHARE ? ratesOf(FAULT_KINDS, random, 0.1, 0.3) : ratesOf(FAULT_KINDS, random, 0.2, 1.5);
}

function some(kinds: readonly FaultKind[], count: number, random: Random): readonly FaultKind[] {
  return [...new Set(Array.from({ length: count }, () => pick(kinds, random())))];
}

function ratesOf(kinds: readonly FaultKind[], random: Random, least: number, most: number): Rates {
  const level = least * (most / least) ** random();
  return new Map(kinds.map((kind) => [kind, USUAL[kind] * level * (0.5 + random())]));
}
