import type { TokenCredential } from "@azure/core-auth";
import { useInstrumenter } from "@azure/core-tracing";
import type { Environment } from "../../backup/read-settings.ts";
import type { SettingProblem } from "../../backup/settings.ts";
import type { Tracing } from "../../backup/trace-step.ts";
import { readInsights } from "./insights-settings.ts";
import { stepInstrumenter } from "./instrumenter.ts";
import { postSpans } from "./post-spans.ts";
import { type SendSpans, sendSpans } from "./send-spans.ts";
import { spanBuffer } from "./span-buffer.ts";
import { traceSteps } from "./steps.ts";

export type StartedTracing = {
  readonly problems: readonly SettingProblem[];
  readonly tracing?: Tracing;
  readonly sendSpans?: SendSpans;
};

/** Traces runs where Application Insights is set, and calls nothing yet; else nothing is traced, at no cost. */
export function startTracing(
  env: Environment,
  credentialOf: (clientId: string | undefined) => TokenCredential,
  now: () => Date,
): StartedTracing {
  const read = readInsights(env);
  if (read.outcome === "absent") return { problems: [] };
  if (read.outcome === "unusable") return { problems: [read.problem] };
  const { insights } = read;
  const buffer = spanBuffer();
  const steps = traceSteps(now, buffer.keep);
  useInstrumenter(stepInstrumenter(steps, now));
  const post = postSpans(insights, credentialOf(insights.token?.clientId));
  return { problems: [], tracing: steps, sendSpans: sendSpans(buffer, post) };
}
