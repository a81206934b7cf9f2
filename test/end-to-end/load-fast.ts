import { app } from "@azure/functions";
import { connect } from "../../azure/connect.ts";
import { parseSchedule } from "../../azure/schedule/ncrontab.ts";
import { readHostStorage } from "../../azure/storage/host-storage.ts";
import { DAY, SECOND } from "../../backup/model/instant.ts";
import type { Intervals } from "../../backup/model/intervals.ts";
import type { Schedule } from "../../backup/model/settings.ts";
import { type Environment, readSettings } from "../../backup/settings/read-settings.ts";
import { register } from "../../functions/index.ts";
import { load } from "../../functions/load.ts";

const VERSION = "test";

/**
 * Loads the deployed app with shorter intervals. Where `FAST_SLOTS` is set, also with what no setting allows: slots so many
 * seconds apart, or `never`, and a deadline of `FAST_DEADLINE` seconds.
 */
export function loadFast(env: Environment, intervals: Intervals): void {
  const { FAST_SLOTS: slots, FAST_DEADLINE: seconds } = env;
  if (slots === undefined) load(env, intervals);
  else loadWithSlots(env, intervals, slots, seconds);
}

function loadWithSlots(env: Environment, intervals: Intervals, slots: string, seconds: string | undefined): void {
  const read = readSettings(env, VERSION, parseSchedule);
  const host = readHostStorage(env);
  if (read.outcome === "unusable" || "problems" in host) throw new Error("The settings of this test are unusable.");
  const deadline = seconds === undefined ? read.settings.deadline : Number(seconds) * SECOND;
  const schedule = slots === "never" ? NEVER : every(Number(slots) * SECOND);
  register(app, connect(env, { ...read.settings, deadline, schedule }, host.host, intervals), intervals);
}

function every(gap: number): Schedule {
  const newest = (at: Date): number => Math.floor(at.getTime() / gap) * gap;
  return {
    text: `every ${gap} ms`,
    newestSlot: (at) => new Date(newest(at)),
    nextSlot: (at) => new Date(newest(at) + gap),
  };
}

/** No slot is due yet: only manual starts make backups. */
const NEVER: Schedule = {
  text: "never",
  newestSlot: () => undefined,
  nextSlot: (at) => new Date(at.getTime() + DAY),
};
