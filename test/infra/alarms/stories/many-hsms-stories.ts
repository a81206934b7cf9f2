import { HOUR } from "../../durations.ts";
import { MOST_ALERTS } from "../alarm-rules.ts";
import type { Story } from "../story.ts";

const HSMS = Array.from({ length: MOST_ALERTS + 10 }, (_, index) => `hsm-${String(index).padStart(4, "0")}`);
const GONE = HSMS.filter((_, index) => index % 100 === 7);

/** One alert stands for all HSMs. A written story has a thousand. */
export const MANY_HSMS_STORIES: readonly Story[] = [
  {
    name: "more HSMs than a rule may split its alerts by",
    summary: "Four of the HSMs are out of reach from the start, and the settings lack one; watched after the slot.",
    begin: "2026-11-05T01:50:00Z",
    installedAt: "2026-10-01T00:00:00Z",
    watchedFrom: "2026-11-05T02:40:00Z",
    hsms: HSMS,
    watched: [...HSMS, "forgotten"],
    live: async (world) => {
      for (const hsm of GONE) world.troubles.gone.add(hsm);
      await world.passTime(2 * HOUR);
    },
    alerts: [
      "overdue all: 05 02:55 - still",
      "silent all: 05 02:55 - still",
      "audit-dead-man all: 05 03:40 - still",
      "storage-dead-man all: 05 03:40 - still",
    ],
  },
];
