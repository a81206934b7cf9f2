import { describe, expect, test } from "vitest";
import { envelopeOf } from "../../../azure/tracing/envelope.ts";
import { SAS, SIGNATURE } from "../../backup/samples.ts";
import { callSpan, stepSpan } from "./sample-spans.ts";

const ORIGIN = { instrumentationKey: "key", role: "app", instance: "one" };

describe("a span as Application Insights takes it", () => {
  test("a step is a row of dependencies, of the type for work within a process", () => {
    expect(envelopeOf(stepSpan(), ORIGIN)).toEqual({
      name: "Microsoft.ApplicationInsights.RemoteDependency",
      time: "2026-11-23T02:00:00.000Z",
      iKey: "key",
      tags: {
        "ai.operation.id": "0af7651916cd43dd8448eb211c80319c",
        "ai.operation.parentId": "b7ad6b7169203331",
        "ai.cloud.role": "app",
        "ai.cloud.roleInstance": "one",
      },
      data: {
        baseType: "RemoteDependencyData",
        baseData: {
          ver: 2,
          id: "00f067aa0ba902b7",
          name: "follow",
          duration: "0.00:00:01.500",
          success: true,
          resultCode: "InProgress",
          type: "InProc",
          properties: { hsm: "contoso", seq: "3" },
        },
      },
    });
  });

  test("a call is a row of dependencies, with its service, target and address", () => {
    const { baseType, baseData } = envelopeOf(callSpan({ hasSucceeded: false, outcome: "412" }), ORIGIN).data;
    expect(baseType).toBe("RemoteDependencyData");
    expect(baseData).toMatchObject({
      type: "Azure blob",
      resultCode: "412",
      success: false,
      duration: "0.00:00:00.020",
    });
  });

  test("a whole run is a row of requests, and its parent is left out where there is none", () => {
    const started = Date.UTC(2026, 10, 23);
    const endedAt = started + ((27 * 60 + 4) * 60 + 5) * 1_000;
    const run = stepSpan({
      kind: "run",
      parent: null,
      name: "backup contoso",
      startedAt: started,
      endedAt,
      outcome: "Succeeded",
    });
    const { name, tags, data } = envelopeOf(run, ORIGIN);
    expect(name).toBe("Microsoft.ApplicationInsights.Request");
    expect(Object.keys(tags)).not.toContain("ai.operation.parentId");
    expect(data.baseData).toMatchObject({ responseCode: "Succeeded", duration: "1.03:04:05.000" });
  });

  test("a clock that was set back gives no time below zero", () => {
    const { data } = envelopeOf(callSpan({ startedAt: 2_000, endedAt: 1_000 }), ORIGIN);
    expect(data.baseData.duration).toBe("0.00:00:00.000");
  });

  test("whatever has the shape of a secret is taken out, wherever it stands", () => {
    const leaky = {
      name: `GET ?${SAS}`,
      url: `https://x/?${SAS}`,
      target: `a?${SAS}`,
      outcome: `bad sig=${SIGNATURE}`,
    };
    const text = JSON.stringify(envelopeOf(callSpan({ ...leaky, attributes: { told: SAS } }), ORIGIN));
    expect(text).not.toContain(SIGNATURE);
    expect(text).toContain("[secret]");
  });
});
