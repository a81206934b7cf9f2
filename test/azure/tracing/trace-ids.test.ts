import { describe, expect, test } from "vitest";
import { newSpanId, traceOf } from "../../../azure/tracing/trace-ids.ts";
import { RUN_ID, TRACE } from "../../backup/samples.ts";

describe("the trace of a run", () => {
  test("is that of its trigger, and its root hangs below the trigger's span", () => {
    const { trace, root, parent } = traceOf("contoso", RUN_ID, TRACE);
    expect({ trace, parent }).toEqual({ trace: "0af7651916cd43dd8448eb211c80319c", parent: "b7ad6b7169203331" });
    expect(root).toMatch(/^[0-9a-f]{16}$/);
  });

  test("has the same root whoever computes it, and another one for another HSM that the same trigger started", () => {
    expect(traceOf("contoso", RUN_ID, TRACE)).toEqual(traceOf("contoso", RUN_ID, TRACE));
    expect(traceOf("fabrikam", RUN_ID, TRACE).root).not.toBe(traceOf("contoso", RUN_ID, TRACE).root);
  });

  test.each([null, "", "nonsense", `00-${"0".repeat(32)}-b7ad6b7169203331-01`])(
    "is one of its own, again the same for everybody, where the trigger had none: %s",
    (traceparent) => {
      const { trace, parent } = traceOf("contoso", RUN_ID, traceparent);
      expect(trace).toMatch(/^(?!0+$)[0-9a-f]{32}$/);
      expect(parent).toBeNull();
      expect(traceOf("contoso", RUN_ID, null).trace).toBe(trace);
      expect(traceOf("fabrikam", RUN_ID, traceparent).trace).not.toBe(trace);
    },
  );

  test("a span's id is another one each time", () => {
    expect(new Set(Array.from({ length: 100 }, newSpanId)).size).toBe(100);
  });
});
