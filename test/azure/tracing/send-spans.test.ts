import { describe, expect, test } from "vitest";
import type { Posted } from "../../../azure/tracing/post-spans.ts";
import { sendSpans } from "../../../azure/tracing/send-spans.ts";
import { spanBuffer } from "../../../azure/tracing/span-buffer.ts";
import type { LogEvent } from "../../../backup/log-events.ts";
import { stepSpan } from "./sample-spans.ts";

const SENT: Posted = { outcome: "sent", why: "" };
const LATER: Posted = { outcome: "later", why: "it answered 503" };
const REFUSED: Posted = { outcome: "refused", why: "it answered 400" };
const PATIENCE = 10_000;
const NEVER = new Promise<never>(() => {});

function setUp(post: (count: number) => Promise<Posted> | Posted, mostKept?: number) {
  const buffer = spanBuffer(mostKept);
  const posted: number[] = [];
  const told: LogEvent[] = [];
  const send = sendSpans(buffer, async ({ length }) => {
    posted.push(length);
    return post(length);
  });
  const keep = (count: number): void => {
    for (let span = 0; span < count; span++) buffer.keep(stepSpan());
  };
  return { buffer, posted, told, keep, send: (patience = PATIENCE) => send((event) => told.push(event), patience) };
}

describe("sending spans", () => {
  test("sends all that wait, some hundred at once, and says nothing", async () => {
    const { posted, told, buffer, keep, send } = setUp(() => SENT);
    keep(1_100);
    await send();
    expect(posted).toEqual([500, 500, 100]);
    expect(buffer.size()).toBe(0);
    expect(told).toEqual([]);
  });

  test("calls nobody where nothing waits", async () => {
    const { posted, send } = setUp(() => SENT);
    await send();
    expect(posted).toEqual([]);
  });

  test("what isn't taken for now waits for the next time; a row of failures is told once", async () => {
    let answer = LATER;
    const { posted, told, buffer, keep, send } = setUp(() => answer);
    keep(3);
    await send();
    await send();
    expect(posted).toEqual([3, 3]);
    expect(buffer.size()).toBe(3);
    expect(told.map(({ event, level, waiting }) => ({ event, level, waiting }))).toEqual([
      { event: "spans.delayed", level: "warning", waiting: 3 },
    ]);
    answer = SENT;
    await send();
    expect(buffer.size()).toBe(0);
    answer = LATER;
    keep(1);
    await send();
    expect(told).toHaveLength(2);
  });

  test("what is refused for good is dropped, and told as lost once sending works again", async () => {
    let answer = REFUSED;
    const { told, buffer, keep, send } = setUp(() => answer);
    keep(2);
    await send();
    expect(buffer.size()).toBe(0);
    answer = SENT;
    keep(1);
    await send();
    expect(told.map(({ event }) => event)).toEqual(["spans.delayed", "spans.lost"]);
    expect(told[1]?.lost).toBe(2);
  });

  test("what had no place in the buffer is told as lost", async () => {
    const { told, keep, send } = setUp(() => SENT, 5);
    keep(7);
    await send();
    expect(told).toMatchObject([{ event: "spans.lost", lost: 2 }]);
  });

  test("never keeps anybody waiting longer than its patience, and begins no second sending meanwhile", async () => {
    const { posted, told, keep, send } = setUp(() => NEVER);
    keep(1);
    await send(1);
    keep(1);
    await send(1);
    expect(posted).toEqual([1]);
    expect(told).toEqual([]);
  });
});
