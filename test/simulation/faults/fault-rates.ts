import { pick, type Random, randomStream, wholeFrom } from "../random.ts";
import { FAULT_KINDS, type FaultKind, USUAL_RATES } from "./fault-kinds.ts";

/** What a process, its calls, its triggers and its messages suffer every day, in short: no outage and no damage. */
const EVERYDAY: readonly FaultKind[] = FAULT_KINDS.slice(0, FAULT_KINDS.indexOf("queuePurged"));

/** Faults after which two processes take the same step at once and have seen different answers. */
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

/** Faults that show a mistake only in combination: too rare where all kinds are mixed, so some worlds draw one line alone. */
const THEMES: readonly (readonly FaultKind[])[] = [
  // Two runs at once, whose results meet in a state that was lost.
  ["stateDeleted", "statePutBack"],
  ["stateDeleted", "statePutBack", "callFails", "startRefused"],
  // An old state, and what came since can't be seen.
  ["statePutBack", "callFails", "throttled"],
  // Only the timer is left.
  ["queueStalled"],
  // Hosts that disagree about the settings.
  ["hsmLeftSettings", "timerDoubled"],
  ["storageChanged", "scheduleChanged"],
  // Two apps, and one that dies.
  ["foreignApp", "crash"],
];

export type Rates = ReadonlyMap<FaultKind, number>;

const CALM_SHARE = 0.04;
const FEW_SHARE = 0.4;
const THEMES_SHARE = 0.12;
const RACES_SHARE = 0.08;
const EVERYDAY_SHARE = 0.18;
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
    const kinds = some(RACES, wholeFrom(random(), 1, 5), random);
    return ratesOf([...new Set<FaultKind>([...kinds, "messageDoubled"])], random, 10, 40);
  }
  share -= RACES_SHARE;
  if (share < EVERYDAY_SHARE) {
    const others = some(FAULT_KINDS, wholeFrom(random(), 0, 7), random);
    return ratesOf([...new Set([...EVERYDAY, ...others])], random, 0.5, 4);
  }
  share -= EVERYDAY_SHARE;
  return share < QUIET_SHARE ? ratesOf(FAULT_KINDS, random, 0.1, 0.3) : ratesOf(FAULT_KINDS, random, 0.2, 1.5);
}

function some(kinds: readonly FaultKind[], count: number, random: Random): readonly FaultKind[] {
  return [...new Set(Array.from({ length: count }, () => pick(kinds, random())))];
}

function ratesOf(kinds: readonly FaultKind[], random: Random, least: number, most: number): Rates {
  const level = least * (most / least) ** random();
  return new Map(kinds.map((kind) => [kind, USUAL_RATES[kind] * level * (0.5 + random())]));
}
