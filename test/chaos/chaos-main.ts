import { loadFast } from "../end-to-end/load-fast.ts";
import { CHAOS_INTERVALS } from "./chaos-intervals.ts";

loadFast(process.env, CHAOS_INTERVALS);
