import { HOUR } from "../../../../backup/instant.ts";
import type { Story } from "../story.ts";

const THOUSAND = Array.from({ length: 1_000 }, (_, index) => `hsm-${String(index).padStart(4, "0")}`);
const GONE = THOUSAND.filter((_, index) => index % 100 === 7);

/** More HSMs than a rule may split its alerts by: each alarm tells of all together. */
export const THOUSAND_STORIES: readonly Story[] = [
  {
    name: "a thousand HSMs",
    tells:
      "A thousand HSMs, ten of them out of reach from the start, and one more that the settings lack; watched after the slot.",
    begin: "2026-11-05T01:50:00Z",
    watchedFrom: "2026-11-05T02:40:00Z",
    hsms: THOUSAND,
    watched: [...THOUSAND, "forgotten"],
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
