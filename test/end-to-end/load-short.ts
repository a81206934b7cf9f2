import { app } from "@azure/functions";
import { connect } from "../../azure/connect.ts";
import { parseSchedule } from "../../azure/schedule/ncrontab.ts";
import { readHostStorage } from "../../azure/storage/storage-clients.ts";
import { parseDuration } from "../../backup/duration.ts";
import type { Intervals } from "../../backup/intervals.ts";
import { type Environment, readSettings } from "../../backup/read-settings.ts";
import type { ParseSchedule } from "../../backup/schedule.ts";
import { register } from "../../functions/index.ts";
import { every } from "../fakes/fake-schedule.ts";

/** A schedule as `PT12S` is a slot every twelve seconds, where NCRONTAB begins at five minutes. */
const parseSlots: ParseSchedule = (text) => {
  const gap = parseDuration(text);
  return gap === undefined ? parseSchedule(text) : { schedule: every(gap) };
};

/**
 * Loads the deployed app with shorter intervals, and with slots and a deadline (`SHORT_DEADLINE`) of seconds, which no
 * setting allows: its days pass while a test looks on.
 */
export function loadShort(env: Environment, intervals: Intervals): void {
  const read = readSettings(env, parseSlots);
  const host = readHostStorage(env);
  if (read.outcome === "unusable" || "problems" in host) throw new Error("The settings of this test are unusable.");
  const deadline = parseDuration(env.SHORT_DEADLINE ?? "") ?? read.settings.deadline;
  register(app, connect(env, { ...read.settings, deadline }, host.settings, intervals), intervals);
}
