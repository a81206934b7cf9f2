import { run } from "./written-run.ts";
import type { WrittenStory } from "./written-story.ts";

const FROM = "2026-11-05T01:50:00Z";
const THOUSAND = Array.from({ length: 1_000 }, (_, index) => `hsm-${String(index).padStart(4, "0")}`);
const isGone = (index: number): boolean => index % 100 === 7;

/** More HSMs than a rule may split its alerts by: one alert stands for all. */
export const THOUSAND_STORIES: readonly WrittenStory[] = [
  {
    name: "a thousand HSMs",
    summary: "A thousand HSMs are added, ten of them out of reach from the start, and one more that the settings lack.",
    log: {
      from: FROM,
      to: "2026-11-05T03:50:00Z",
      hsms: THOUSAND,
      runs: THOUSAND.filter((_, index) => !isGone(index)).map((hsm) => run(hsm, FROM)),
    },
    installedAt: "2026-10-01T00:00:00Z",
    watched: [...THOUSAND, "forgotten"],
    watchedFrom: "2026-11-05T02:40:00Z",
    alerts: [
      "overdue all: 05 02:55 - still",
      "silent all: 05 02:55 - still",
      "audit-dead-man all: 05 03:40 - still",
      "storage-dead-man all: 05 03:40 - still",
    ],
  },
];
