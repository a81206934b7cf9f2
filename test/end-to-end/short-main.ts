import { FAST_INTERVALS } from "./fast-intervals.ts";
import { loadShort } from "./load-short.ts";

loadShort(process.env, FAST_INTERVALS);
