import { load } from "../../functions/load.ts";
import { FAST_INTERVALS } from "./fast-intervals.ts";

// The deployed app with shorter intervals and nothing else changed.
load(process.env, FAST_INTERVALS);
