import type { Mutation } from "../mutation.ts";
import { DECISIONS } from "./decisions.ts";
import { LEDGER } from "./ledger.ts";
import { STEPS } from "./steps.ts";

/**
 * Every mutation. Mistakes whose guard lies in `azure/` can't show in a simulated world, which stands in for `azure/`: the
 * contract suites and the tests of `azure/` find those, on the real clients.
 */
export const ALL_MUTATIONS: readonly Mutation[] = [...STEPS, ...DECISIONS, ...LEDGER];
