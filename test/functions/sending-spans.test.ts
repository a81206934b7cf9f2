import { InvocationContext } from "@azure/functions";
import { describe, expect, test } from "vitest";
import type { AppDeps } from "../../functions/invocation-log.ts";
import { sendingSpans } from "../../functions/sending-spans.ts";
import { readingDeps } from "../backup/reading-deps.ts";

const PATIENCE = 100;

function setUp() {
  const order: string[] = [];
  const deps: AppDeps = {
    ...readingDeps().deps,
    sendSpans: async (log, patience) => {
      log({ event: "spans.delayed", level: "warning" });
      order.push(`sent within ${patience}`);
    },
  };
  const lines: unknown[] = [];
  const context = new InvocationContext({ logHandler: (_level, line) => void lines.push(line) });
  return { deps, order, lines, context };
}

describe("a handler whose spans are sent", () => {
  test("gives what it gives, and its spans are sent after it, with the log of its own invocation", async () => {
    const { deps, order, lines, context } = setUp();
    const handler = sendingSpans(deps, PATIENCE, async (trigger: string) => {
      order.push(trigger);
      return 7;
    });
    expect(await handler("called", context)).toBe(7);
    expect(order).toEqual(["called", `sent within ${PATIENCE}`]);
    expect(lines).toEqual(['{"event":"spans.delayed","level":"warning"}']);
  });

  test("throws what it throws, after its spans were sent: the host delivers its message again", async () => {
    const { deps, order, context } = setUp();
    const broken = new Error("broken");
    await expect(sendingSpans(deps, PATIENCE, () => Promise.reject(broken))("called", context)).rejects.toBe(broken);
    expect(order).toEqual([`sent within ${PATIENCE}`]);
  });

  test("needs nobody who sends: runs may not be traced", async () => {
    const { context } = setUp();
    expect(await sendingSpans(readingDeps().deps, PATIENCE, () => 7)("called", context)).toBe(7);
  });
});
