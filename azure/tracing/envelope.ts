import { DAY, HOUR, MINUTE, SECOND } from "../../backup/instant.ts";
import { cleanerOf } from "../service-words.ts";
import type { Attributes, CallSpan, Span, WorkSpan } from "./span.ts";

/** Where the spans come from: the function app and its instance. */
export type Origin = { readonly instrumentationKey: string; readonly role: string; readonly instance: string };

/** One item as Application Insights takes it: a row of `requests` (a whole run) or of `dependencies` (all else). */
export type Envelope = {
  readonly name: string;
  readonly time: string;
  readonly iKey: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly data: { readonly baseType: string; readonly baseData: Readonly<Record<string, unknown>> };
};

const SCHEMA = 2;
const LONGEST_TEXT = 1_000;
// Whatever a URL or a name may hold: a span is as public as a line of the log.
const clean = cleanerOf([]);

/** The span as an envelope. The fields are those of the public schemas `RequestData` and `RemoteDependencyData`. */
export function envelopeOf(span: Span, { instrumentationKey, role, instance }: Origin): Envelope {
  const kind = span.kind === "run" ? "Request" : "RemoteDependency";
  return {
    name: `Microsoft.ApplicationInsights.${kind}`,
    time: new Date(span.startedAt).toISOString(),
    iKey: instrumentationKey,
    tags: {
      "ai.operation.id": span.trace,
      ...(span.parent !== null && { "ai.operation.parentId": span.parent }),
      ...(span.kind === "run" && { "ai.operation.name": shown(span.name) }),
      "ai.cloud.role": role,
      "ai.cloud.roleInstance": instance,
    },
    data: {
      baseType: `${kind}Data`,
      baseData: {
        ver: SCHEMA,
        id: span.id,
        name: shown(span.name),
        duration: timeSpan(span.endedAt - span.startedAt),
        success: span.hasSucceeded,
        ...(span.kind === "call" ? callFields(span) : workFields(span)),
        properties: propertiesOf(span.attributes),
      },
    },
  };
}

const callFields = ({ outcome, service, target, url }: CallSpan) => ({
  resultCode: shown(outcome),
  type: service,
  target: shown(target),
  data: shown(url),
});

// A step is no request: those of the host's own invocations stand in that table already.
const workFields = ({ kind, outcome }: WorkSpan) =>
  kind === "run" ? { responseCode: outcome } : { resultCode: outcome, type: "InProc" };

const shown = (text: string): string => clean(text, LONGEST_TEXT);

/** What isn't known is left out. */
function propertiesOf(attributes: Attributes): Readonly<Record<string, string>> {
  const known = Object.entries(attributes).filter(([, value]) => value !== null);
  return Object.fromEntries(known.map(([name, value]) => [name, shown(String(value))]));
}

/** A .NET TimeSpan, `d.hh:mm:ss.fff`; a clock that was set back gives zero. */
function timeSpan(milliseconds: number): string {
  const left = Math.max(0, Math.round(milliseconds));
  const [days, hours, minutes] = [Math.floor(left / DAY), Math.floor(left / HOUR) % 24, Math.floor(left / MINUTE) % 60];
  const seconds = ((left % MINUTE) / SECOND).toFixed(3).padStart(6, "0");
  return `${days}.${String(hours).padStart(2, "0")}:${String(minutes).padStart(2, "0")}:${seconds}`;
}
