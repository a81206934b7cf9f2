import type { FaultBook } from "../faults/fault-book.ts";
import type { History } from "../history.ts";
import type { Shape } from "./shape.ts";
import type { Timeline } from "./timeline.ts";

/** What every part of a world needs: its shape, its time, its faults, and where to report what takes effect. */
export type Stage = {
  readonly shape: Shape;
  readonly timeline: Timeline;
  readonly faults: FaultBook;
  readonly emit: History["emit"];
};
