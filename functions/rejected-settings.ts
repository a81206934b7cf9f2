import type { HttpHandler } from "@azure/functions";
import { settingRejected } from "../backup/model/events.ts";
import type { Intervals } from "../backup/model/intervals.ts";
import type { SettingProblem } from "../backup/model/settings.ts";
import { errorAnswer } from "./http/answers.ts";
import { type App, registerRoutes } from "./index.ts";
import { logTo } from "./invocation.ts";

/**
 * Registers the app if no backup can be made at all: every route answers 503 with all problems, and the timer logs them
 * at every tick. A throw at load would leave a host without functions and without a reason.
 */
export function registerRejected(to: App, problems: readonly SettingProblem[], { reconcileSchedule }: Intervals): void {
  const message = problems.map(({ setting, problem }) => `${setting}: ${problem}`).join("; ");
  const handler: HttpHandler = () =>
    errorAnswer(503, "settingsRejected", `No backup can be made with these settings: ${message}`);
  to.timer("scheduledBackup", {
    schedule: reconcileSchedule,
    handler: (_timer, context) => {
      for (const problem of problems) logTo(context)(settingRejected(problem));
    },
  });
  registerRoutes(to, () => handler);
}
