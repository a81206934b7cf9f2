import { INTERVALS } from "../backup/intervals.ts";
import { load } from "./load.ts";

// The entry point of the deployed bundle: the only place that reads the environment. A throw here is told by the host
// (FUNCTIONS_NODE_BLOCK_ON_ENTRY_POINT_ERROR) and happens only where no backup could be made at all.
load(process.env, INTERVALS);
