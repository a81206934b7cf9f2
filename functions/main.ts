import { INTERVALS } from "../backup/model/intervals.ts";
import { load } from "./load.ts";

// The entry point of the deployed bundle, and the only place that reads the environment.
load(process.env, INTERVALS);
