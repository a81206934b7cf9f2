import { HOUR, MINUTE } from "../../../backup/model/instant.ts";
import { type Random, randomStream } from "../random.ts";
import type { Shape } from "../world/shape.ts";
import { FAULT_KINDS, type FaultKind } from "./fault-kinds.ts";
import type { Rates } from "./fault-rates.ts";

/**
 * A fault that was drawn: from `at` on it strikes at the first occasion. `sizes`: numbers from 0 to 1 for whatever is to be
 * decided about it.
 */
export type PlannedFault = {
  readonly number: number;
  readonly kind: FaultKind;
  readonly at: number;
  readonly sizes: Sizes;
};
export type Sizes = readonly [number, number, number, number];

const LONGEST_BURST = 4 * MINUTE;
const MOST_BURSTS = 5;
/** Most runs are at work in the first minutes after a slot. */
const BUSY_AFTER_SLOT = 25 * MINUTE;

/**
 * Draws all faults of a world before it begins, so that leaving one out shifts no other. Each kind has streams of its own, one
 * for the times and one for the sizes. In many worlds part of the faults come in bursts: together within minutes.
 */
export function drawPlan(seed: number, shape: Shape, rates: Rates): readonly PlannedFault[] {
  const bursts = drawBursts(randomStream(seed, "bursts"), shape);
  const drawn = FAULT_KINDS.flatMap((kind) => {
    const perHour = rates.get(kind) ?? 0;
    return perHour === 0 ? [] : drawKind(seed, kind, perHour, shape, bursts);
  });
  return drawn.sort((a, b) => a.at - b.at).map((fault, index) => ({ ...fault, number: index + 1 }));
}

type Bursts = { readonly share: number; readonly begins: readonly number[] };

function drawBursts(random: Random, { begin, faultsStopAt, slotGap }: Shape): Bursts {
  const share = random() < 0.6 ? random() : 0;
  const count = 1 + Math.floor(random() * MOST_BURSTS);
  const begins = Array.from({ length: count }, () => {
    const isAtSlot = random() < 0.7;
    const at = begin + random() * (faultsStopAt - begin);
    return isAtSlot ? Math.ceil(at / slotGap) * slotGap + random() ** 2 * BUSY_AFTER_SLOT : at;
  });
  return { share, begins: begins.filter((at) => at < faultsStopAt) };
}

function drawKind(seed: number, kind: FaultKind, perHour: number, shape: Shape, bursts: Bursts): PlannedFault[] {
  const when = randomStream(seed, `when ${kind}`);
  const size = randomStream(seed, `size ${kind}`);
  const faults: PlannedFault[] = [];
  let at = shape.begin;
  for (;;) {
    at += -Math.log(1 - when()) * (HOUR / perHour);
    if (at >= shape.faultsStopAt) return faults;
    const burst = bursts.begins[Math.floor(when() * bursts.begins.length)];
    const isInBurst = when() < bursts.share && burst !== undefined;
    const offset = when() * LONGEST_BURST;
    const strikesFrom = isInBurst ? Math.min(burst + offset, shape.faultsStopAt - 1) : at;
    faults.push({ number: 0, kind, at: Math.round(strikesFrom), sizes: [size(), size(), size(), size()] });
  }
}
