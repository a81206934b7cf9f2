import type { CoverageAnswer } from "../../../backup/model/views/coverage-view.ts";

type Slot = CoverageAnswer["slots"][number];
type Point = { readonly at: number; readonly value: number };

export const WIDTH = 300;
export const HEIGHT = 44;
const EDGE = 4;
/** At least this part of the usual value is the height of the chart: noise must not look like a change. */
const LEAST_SPAN = 0.2;
const USUAL_FROM = 0.1;
const USUAL_TO = 0.9;

/** How a measure went over time; undefined with fewer than two values. */
export type Chart = {
  /** Lines without a gap, as `points` of a polyline. A slot without success interrupts them. */
  readonly lines: readonly string[];
  readonly last: { readonly x: number; readonly y: number };
  readonly band: { readonly y: number; readonly height: number };
  readonly newest: number;
  /** Eight of ten values are in between. */
  readonly usual: readonly [from: number, to: number];
};

export function chartOf(slots: readonly Slot[], measure: "seconds" | "bytes"): Chart | undefined {
  const oldestFirst = slots.filter(({ state }) => state !== "notDue").toReversed();
  const runs = inRuns(oldestFirst, measure);
  const points = runs.flat();
  const newest = points.at(-1);
  const oldest = points[0];
  if (newest === undefined || oldest === undefined || points.length < 2) return undefined;
  const sorted = points.map(({ value }) => value).toSorted((a, b) => a - b);
  const usual = [quantile(sorted, USUAL_FROM), quantile(sorted, USUAL_TO)] as const;
  const least = sorted[0] ?? 0;
  const most = sorted.at(-1) ?? 0;
  const span = Math.max(most - least, quantile(sorted, 0.5) * LEAST_SPAN, 1);
  const middle = (least + most) / 2;
  const x = ({ at }: Point): number => round(((at - oldest.at) / (newest.at - oldest.at || 1)) * WIDTH);
  const y = (value: number): number => round(HEIGHT / 2 - ((value - middle) / span) * (HEIGHT - 2 * EDGE));
  return {
    lines: runs.map((run) => run.map((point) => `${x(point)},${y(point.value)}`).join(" ")),
    last: { x: x(newest), y: y(newest.value) },
    band: { y: y(usual[1]) - 1, height: round(y(usual[0]) - y(usual[1]) + 2) },
    newest: newest.value,
    usual,
  };
}

function inRuns(slots: readonly Slot[], measure: "seconds" | "bytes"): readonly (readonly Point[])[] {
  const runs: Point[][] = [];
  let isOpen = false;
  for (const slot of slots) {
    const value = slot[measure];
    if (value === null) {
      isOpen = false;
      continue;
    }
    if (!isOpen) runs.push([]);
    runs.at(-1)?.push({ at: Date.parse(slot.slot), value });
    isOpen = true;
  }
  return runs;
}

const quantile = (sorted: readonly number[], part: number): number =>
  sorted[Math.round((sorted.length - 1) * part)] ?? 0;
const round = (value: number): number => Math.round(value * 10) / 10;
