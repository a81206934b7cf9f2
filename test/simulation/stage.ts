import type { FaultBook } from "./fault-book.ts";
import type { Shape } from "./shape.ts";
import type { Timeline } from "./timeline.ts";
import type { Witness } from "./witness.ts";

/** What every part of a world stands on: its shape, its time, its faults, and whoever sees what takes effect. */
export type Stage = {
  readonly shape: Shape;
  readonly timeline: Timeline;
  readonly faults: FaultBook;
  readonly tell: Witness["tell"];
};
