import type { TokenCredential } from "@azure/core-auth";
import {
  createDefaultHttpClient,
  createEmptyPipeline,
  createHttpHeaders,
  createPipelineRequest,
  type HttpClient,
  proxyPolicy,
} from "@azure/core-rest-pipeline";
import { SECOND } from "../../backup/instant.ts";
import { withinLimit } from "../within-limit.ts";
import { envelopeOf } from "./envelope.ts";
import type { Insights } from "./insights-settings.ts";
import type { Span } from "./span.ts";

const POST_LIMIT = 5 * SECOND;
const ACCEPTED = 200;
const PARTLY_ACCEPTED = 206;
/** What may be gone the next time: a role that hasn't spread yet among them. */
const PASSING = [401, 403, 408, 429, 439, 500, 502, 503, 504];

/** What became of spans: `refused` ones won't be taken at any time, `later` ones perhaps. */
export type Posted = { readonly outcome: "sent" | "refused" | "later"; readonly why: string };
export type PostSpans = (spans: readonly Span[]) => Promise<Posted>;

/**
 * Posts spans to Application Insights' ingestion, with a token where local authentication is off. No retry here, no
 * redirect followed: a token goes to the address of the settings alone. Never throws.
 */
export function postSpans(
  insights: Insights,
  credential: TokenCredential,
  client: HttpClient = createDefaultHttpClient(),
  limit: number = POST_LIMIT,
): PostSpans {
  const pipeline = createEmptyPipeline();
  pipeline.addPolicy(proxyPolicy());
  return async (spans) => {
    const body = JSON.stringify(spans.map((span) => envelopeOf(span, insights)));
    try {
      return await withinLimit(limit, async (abortSignal) => {
        const headers = createHttpHeaders({ "content-type": "application/json", accept: "application/json" });
        if (insights.token !== undefined) {
          const given = await credential.getToken(insights.token.scope, { abortSignal });
          abortSignal.throwIfAborted();
          headers.set("authorization", `Bearer ${given?.token ?? ""}`);
        }
        const request = createPipelineRequest({ url: insights.trackUrl, method: "POST", headers, body, abortSignal });
        return judge((await pipeline.sendRequest(client, request)).status);
      });
    } catch (thrown) {
      // The message may quote what was sent.
      return { outcome: "later", why: thrown instanceof Error ? thrown.name : "no answer" };
    }
  };
}

function judge(status: number): Posted {
  if (status === ACCEPTED) return { outcome: "sent", why: "" };
  // Which ones were refused stands in the answer; sent again they would be refused again.
  if (status === PARTLY_ACCEPTED) return { outcome: "refused", why: "some were refused" };
  return { outcome: PASSING.includes(status) ? "later" : "refused", why: `it answered ${status}` };
}
