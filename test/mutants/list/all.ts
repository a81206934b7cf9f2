import type { Mutation } from "../mutation.ts";
import { CARDS } from "./cards.ts";
import { ENDS } from "./ends.ts";
import { LOOKS } from "./looks.ts";
import { MESSAGES } from "./messages.ts";
import { REPAIRS } from "./repairs.ts";
import { SLOTS } from "./slots.ts";
import { STARTS } from "./starts.ts";
import { TELLINGS } from "./tellings.ts";

/**
 * Every mutation, by subject. Mistakes whose guard lies in `azure/` can't show in a simulated world, which stands in for
 * `azure/`: that an ETag or `*` goes out as a condition, that a missing container isn't an absent blob, that a POST is
 * never sent again by the pipeline. The contract suites and the tests of `azure/` find those, on the real clients.
 */
export const ALL_MUTATIONS: readonly Mutation[] = [
  ...STARTS,
  ...MESSAGES,
  ...CARDS,
  ...ENDS,
  ...TELLINGS,
  ...SLOTS,
  ...LOOKS,
  ...REPAIRS,
];
