import { FAST_INTERVALS } from "./fast-intervals.ts";
import { loadFast } from "./load-fast.ts";

loadFast(process.env, FAST_INTERVALS);
