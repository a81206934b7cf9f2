import { existsSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { app } from "@azure/functions";

const gate = process.env.TEST_GATE;

app.timer("tick", {
  schedule: "%TEST_SCHEDULE%",
  runOnStartup: process.env.TEST_RUN_ON_STARTUP === "true",
  handler: async (timer, context) => {
    context.log(
      JSON.stringify({ event: "tick", at: Date.now(), isPastDue: timer.isPastDue, status: timer.scheduleStatus }),
    );
    while (gate !== undefined && !existsSync(gate)) await delay(20);
  },
});
