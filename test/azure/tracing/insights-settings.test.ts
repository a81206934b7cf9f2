import { describe, expect, test } from "vitest";
import { readInsights } from "../../../azure/tracing/insights-settings.ts";

const CONNECTION =
  "InstrumentationKey=k;IngestionEndpoint=https://west.in.applicationinsights.azure.com/;LiveEndpoint=x";
const read = (connection: string, authentication?: string) =>
  readInsights({
    APPLICATIONINSIGHTS_CONNECTION_STRING: connection,
    ...(authentication !== undefined && { APPLICATIONINSIGHTS_AUTHENTICATION_STRING: authentication }),
  });

describe("where spans go", () => {
  test("nowhere without a connection string", () => {
    expect(readInsights({})).toEqual({ outcome: "absent" });
    expect(read("  ")).toEqual({ outcome: "absent" });
  });

  test("to the ingestion endpoint of the connection string, with the identity that the template names", () => {
    expect(read(CONNECTION, "ClientId=3f1;Authorization=AAD")).toEqual({
      outcome: "usable",
      insights: {
        instrumentationKey: "k",
        trackUrl: "https://west.in.applicationinsights.azure.com/v2.1/track",
        token: { scope: "https://monitor.azure.com//.default", clientId: "3f1" },
        role: "managed-hsm-backup",
        instance: "",
      },
    });
  });

  test("with no token where local authentication is used", () => {
    expect(read(CONNECTION)).toMatchObject({ outcome: "usable", insights: { token: undefined } });
  });

  test("for a token of the audience that a cloud of its own names", () => {
    const read1 = read(`${CONNECTION};AADAudience=https://monitor.azure.us`, "Authorization=AAD");
    expect(read1).toMatchObject({ insights: { token: { scope: "https://monitor.azure.us/.default" } } });
  });

  test.each([
    "nonsense",
    "InstrumentationKey=k",
    "InstrumentationKey=k;IngestionEndpoint=http://plain/",
    "IngestionEndpoint=https://x/",
  ])("a setting that can't work is told by name, never by value: %s", (connection) => {
    const answer = read(connection);
    expect(answer).toMatchObject({
      outcome: "unusable",
      problem: { setting: "APPLICATIONINSIGHTS_CONNECTION_STRING" },
    });
    expect(JSON.stringify(answer)).not.toContain("http://plain");
  });
});
