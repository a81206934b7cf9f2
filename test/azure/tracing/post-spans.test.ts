import { createHttpHeaders, type HttpClient, type PipelineRequest } from "@azure/core-rest-pipeline";
import { describe, expect, test } from "vitest";
import type { Insights } from "../../../azure/tracing/insights-settings.ts";
import { postSpans } from "../../../azure/tracing/post-spans.ts";
import { callSpan, stepSpan } from "./sample-spans.ts";

const INSIGHTS: Insights = {
  instrumentationKey: "key",
  trackUrl: "https://west.in.applicationinsights.azure.com/v2.1/track",
  token: { scope: "https://monitor.azure.com//.default", clientId: undefined },
  role: "app",
  instance: "one",
};
const TOKEN = "the-token";

function ingestion(status: number | Error): { readonly client: HttpClient; readonly seen: PipelineRequest[] } {
  const seen: PipelineRequest[] = [];
  const sendRequest: HttpClient["sendRequest"] = async (request) => {
    seen.push(request);
    if (typeof status !== "number") throw status;
    return { request, status, headers: createHttpHeaders(), bodyAsText: "{}" };
  };
  return { client: { sendRequest }, seen };
}

const scopes: unknown[] = [];
const credential = {
  getToken: async (scope: string | string[]) => {
    scopes.push(scope);
    return { token: TOKEN, expiresOnTimestamp: 0 };
  },
};

describe("posting spans", () => {
  test("posts them as one list of items, with a token for Azure Monitor, to the address of the settings", async () => {
    const { client, seen } = ingestion(200);
    expect(await postSpans(INSIGHTS, credential, client)([stepSpan(), callSpan()])).toMatchObject({ outcome: "sent" });
    expect(scopes).toEqual(["https://monitor.azure.com//.default"]);
    expect(seen.map(({ method, url }) => `${method} ${url}`)).toEqual([`POST ${INSIGHTS.trackUrl}`]);
    expect(seen[0]?.headers.get("authorization")).toBe(`Bearer ${TOKEN}`);
    expect(JSON.parse(String(seen[0]?.body))).toHaveLength(2);
  });

  test("shows no token where the key alone counts", async () => {
    const { client, seen } = ingestion(200);
    await postSpans({ ...INSIGHTS, token: undefined }, credential, client)([stepSpan()]);
    expect(seen[0]?.headers.get("authorization")).toBeUndefined();
  });

  test.each([
    [503, "later"],
    [429, "later"],
    [403, "later"],
    [206, "refused"],
    [400, "refused"],
    [308, "refused"],
  ])("an answer of %i: %s", async (status, outcome) => {
    expect(await postSpans(INSIGHTS, credential, ingestion(status).client)([stepSpan()])).toMatchObject({ outcome });
  });

  test("no answer, no token, and a token that never comes are for later, and tell no secret", async () => {
    const broken = ingestion(new Error(`connect with Bearer ${TOKEN}`)).client;
    const failing = { getToken: () => Promise.reject(new Error("no identity")) };
    const hanging = { getToken: () => new Promise<never>(() => {}) };
    const answers = await Promise.all([
      postSpans(INSIGHTS, credential, broken)([stepSpan()]),
      postSpans(INSIGHTS, failing, ingestion(200).client)([stepSpan()]),
      postSpans(INSIGHTS, hanging, ingestion(200).client, 5)([stepSpan()]),
    ]);
    expect(answers.map(({ outcome }) => outcome)).toEqual(["later", "later", "later"]);
    expect(JSON.stringify(answers)).not.toContain(TOKEN);
  });
});
