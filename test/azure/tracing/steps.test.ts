import { describe, expect, test } from "vitest";
import type { Span } from "../../../azure/tracing/span.ts";
import { traceSteps } from "../../../azure/tracing/steps.ts";
import { traceOf } from "../../../azure/tracing/trace-ids.ts";
import type { Step } from "../../../backup/trace-step.ts";
import {
  DEADLINE,
  failedRun,
  RUN_ID,
  runningRun,
  SLOT,
  STARTED,
  startingRun,
  succeededRun,
  TRACE,
} from "../../backup/samples.ts";
import { aCall } from "./sample-spans.ts";

const FOLLOW: Step = { name: "follow", hsm: "contoso", run: RUN_ID, seq: 3 };
const TREE = traceOf("contoso", RUN_ID, TRACE);

function startTraced() {
  const spans: Span[] = [];
  return {
    spans,
    steps: traceSteps(
      () => new Date(DEADLINE),
      (span) => spans.push(span),
    ),
  };
}

describe("a step", () => {
  test("is a span below its run's root, with the ids and the state that its record had at the end", async () => {
    const { spans, steps } = startTraced();
    await steps.step(FOLLOW, async () => {
      steps.noteRun(startingRun());
      steps.noteRun(runningRun());
    });
    expect(spans).toEqual([
      expect.objectContaining({
        kind: "step",
        name: "follow",
        trace: TREE.trace,
        parent: TREE.root,
        outcome: "InProgress",
      }),
    ]);
    const attributes = { hsm: "contoso", run: RUN_ID, seq: 3, slot: SLOT, trigger: "schedule", state: "InProgress" };
    expect(spans[0]?.attributes).toEqual(attributes);
  });

  test("comes before its calls, which hang below it, also those made before its run was read", async () => {
    const { spans, steps } = startTraced();
    await steps.step(FOLLOW, async () => {
      steps.addCall(aCall());
      steps.noteRun(runningRun());
      await Promise.resolve();
      steps.addCall(aCall({ service: "Managed HSM" }));
    });
    const [step, ...calls] = spans;
    expect(step?.kind).toBe("step");
    expect(calls.map(({ kind, trace, parent }) => ({ kind, trace, parent }))).toEqual(
      Array.from({ length: 2 }, () => ({ kind: "call", trace: TREE.trace, parent: step?.id })),
    );
  });

  test("gives what its work gives; where that throws, it throws the same and is told as failed", async () => {
    const { spans, steps } = startTraced();
    expect(await steps.step({ ...FOLLOW, known: runningRun() }, async () => 7)).toBe(7);
    const broken = new Error("broken");
    const failing = steps.step({ ...FOLLOW, known: runningRun() }, () => Promise.reject(broken));
    await expect(failing).rejects.toBe(broken);
    expect(spans.map(({ hasSucceeded, outcome }) => ({ hasSucceeded, outcome }))).toEqual([
      { hasSucceeded: true, outcome: "InProgress" },
      { hasSucceeded: false, outcome: "failed" },
    ]);
  });

  test("isn't traced where nobody could read its run: whose trace it belongs to isn't known", async () => {
    const { spans, steps } = startTraced();
    await steps.step(FOLLOW, async () => {
      steps.addCall(aCall());
      steps.noteRun(runningRun({ hsm: "fabrikam" }));
    });
    expect(spans).toEqual([]);
  });

  test("that only looks is left out where it is to be kept for what it wrote", async () => {
    const { spans, steps } = startTraced();
    const tend: Step = { ...FOLLOW, name: "tend", known: runningRun(), isKept: "ifItWrote" };
    await steps.step(tend, async () => {
      steps.addCall(aCall());
      steps.addCall(aCall({ service: "identity", attributes: { method: "POST" } }));
    });
    expect(spans).toEqual([]);
    await steps.step(tend, async () => steps.addCall(aCall({ attributes: { method: "PUT" } })));
    expect(spans.map(({ name }) => name)).toEqual(["tend", "BlobClient-download"]);
  });

  test("keeps a hundred calls at most, and tells how many it left out", async () => {
    const { spans, steps } = startTraced();
    await steps.step({ ...FOLLOW, known: runningRun() }, async () => {
      for (let call = 0; call < 103; call++) steps.addCall(aCall());
    });
    expect(spans).toHaveLength(101);
    expect(spans[0]?.attributes.callsLeftOut).toBe(3);
  });

  test("side by side with another, each gets its own calls", async () => {
    const { spans, steps } = startTraced();
    const one = async (hsm: string) => {
      const known = runningRun({ hsm });
      await steps.step({ ...FOLLOW, hsm, known }, async () => {
        await Promise.resolve();
        steps.addCall(aCall({ target: hsm }));
      });
    };
    await Promise.all([one("contoso"), one("fabrikam")]);
    for (const call of spans.filter(({ kind }) => kind === "call")) {
      const step = spans.find(({ id }) => id === call.parent);
      expect(call).toMatchObject({ target: step?.attributes.hsm });
    }
    expect(spans).toHaveLength(4);
  });

  test("a call outside of any step is nobody's", () => {
    const { spans, steps } = startTraced();
    steps.addCall(aCall());
    expect(steps.isInStep()).toBe(false);
    expect(spans).toEqual([]);
  });
});

describe("the end of a run", () => {
  test("is the root span, from what its record knows", () => {
    const { spans, steps } = startTraced();
    const run = succeededRun();
    steps.end(run);
    expect(spans).toEqual([
      expect.objectContaining({
        kind: "run",
        trace: TREE.trace,
        id: TREE.root,
        parent: TREE.parent,
        name: "backup contoso",
        startedAt: Date.parse(STARTED),
        endedAt: Date.parse(run.endedAt),
        hasSucceeded: true,
        outcome: "Succeeded",
      }),
    ]);
    expect(spans[0]?.attributes).toMatchObject({ run: RUN_ID, jobId: run.jobId, blobCount: 12, bytes: 3_400_000 });
  });

  test("that isn't success says so, with its code", () => {
    const { spans, steps } = startTraced();
    steps.end(failedRun());
    expect(spans[0]).toMatchObject({ hasSucceeded: false, outcome: "Failed", attributes: { code: "InternalError" } });
  });
});
