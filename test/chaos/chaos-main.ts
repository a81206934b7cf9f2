import { loadShort } from "../end-to-end/load-short.ts";
import { CHAOS_INTERVALS } from "./chaos-intervals.ts";

loadShort(process.env, CHAOS_INTERVALS);
