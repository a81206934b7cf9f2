import { describe, expect, test } from "vitest";
import type { Deps, SentMessage } from "../../backup/deps.ts";
import { toMessageBody } from "../../backup/follow-message.ts";
import { until } from "../until.ts";

export type Visible = { readonly id: string; readonly body: unknown; readonly dequeueCount: number };

export type QueueWorld = {
  readonly queue: Pick<Deps, "wakeLater" | "takeBack">;
  /** What can be received now, without receiving it. Time goes on between two looks. */
  readonly look: () => Promise<readonly Visible[]>;
  /** Receives everything visible, and hides it for a minute. */
  readonly receive: () => Promise<readonly (SentMessage & Visible)[]>;
  readonly deleteQueue: () => Promise<void>;
};

const MESSAGE = { hsm: "contoso", run: "20261123T020000Z-1-k3v9x2ab", seq: 3 };

/** What every queue of wake-ups does. `make` gives an empty one of its own for each test. */
export function followQueueContract(who: string, make: () => Promise<QueueWorld>): void {
  describe(`${who} as a queue of wake-ups`, () => {
    test("a wake-up with no delay is visible at once, as the body that the product reads", async () => {
      const { queue, look } = await make();
      const sent = await queue.wakeLater(MESSAGE, 0);
      expect(await look()).toEqual([{ id: sent.id, body: toMessageBody(MESSAGE), dequeueCount: 0 }]);
    });

    test("every message has an id and a pop receipt of its own", async () => {
      const { queue } = await make();
      const first = await queue.wakeLater(MESSAGE, 0);
      const second = await queue.wakeLater(MESSAGE, 0);
      expect(first.id).not.toBe(second.id);
      expect(first.popReceipt).not.toBe(second.popReceipt);
    });

    test("a wake-up is hidden for its delay, rounded up to whole seconds", async () => {
      const { queue, look } = await make();
      const later = await queue.wakeLater(MESSAGE, 1_001);
      const sooner = await queue.wakeLater({ ...MESSAGE, seq: 4 }, 1);
      expect(await look()).toEqual([]);
      const seen = await until("the first message", async () => {
        const visible = await look();
        return visible.length > 0 && visible;
      });
      expect(seen.map(({ id }) => id)).toEqual([sooner.id]);
      const both = await until("both messages", async () => {
        const visible = await look();
        return visible.length === 2 && visible;
      });
      expect(both.map(({ id }) => id)).toContain(later.id);
    });

    test("a delay beyond seven days counts as seven days, and a negative one as none", async () => {
      const { queue, look } = await make();
      const sent = await queue.wakeLater(MESSAGE, 90 * 24 * 3_600_000);
      expect(sent.id).not.toBe("");
      const visible = await queue.wakeLater(MESSAGE, -5_000);
      expect((await look()).map(({ id }) => id)).toEqual([visible.id]);
    });

    test("a wake-up with a lifetime is gone when it is over", async () => {
      const { queue, look } = await make();
      await queue.wakeLater(MESSAGE, 0, 1_000);
      const stays = await queue.wakeLater(MESSAGE, 0);
      const left = await until("the end of the lifetime", async () => {
        const visible = await look();
        return visible.length === 1 && visible;
      });
      expect(left.map(({ id }) => id)).toEqual([stays.id]);
    });

    test("a lifetime that is not longer than the delay is made so: the message is seen", async () => {
      const { queue, look } = await make();
      const sent = await queue.wakeLater(MESSAGE, 1_000, 1_000);
      const seen = await until("the message", async () => (await look())[0]);
      expect(seen.id).toBe(sent.id);
    });

    test("a message that was taken back is gone, and taking it back again is no failure", async () => {
      const { queue, look } = await make();
      const sent = await queue.wakeLater(MESSAGE, 0);
      await queue.takeBack(sent);
      await queue.takeBack(sent);
      expect(await look()).toEqual([]);
    });

    test("a hidden message can be taken back: it never shows up", async () => {
      const { queue, look } = await make();
      const hidden = await queue.wakeLater(MESSAGE, 1_000);
      await queue.takeBack(hidden);
      const later = await queue.wakeLater(MESSAGE, 2_000);
      const seen = await until("the later message", async () => {
        const visible = await look();
        return visible.length > 0 && visible;
      });
      expect(seen.map(({ id }) => id)).toEqual([later.id]);
    });

    test("a message that somebody received can't be taken back any more, and trying is no failure", async () => {
      const { queue, receive } = await make();
      const sent = await queue.wakeLater(MESSAGE, 0);
      const received = await receive();
      expect(received).toMatchObject([{ id: sent.id, dequeueCount: 1 }]);
      expect(received[0]?.popReceipt).not.toBe(sent.popReceipt);
      await queue.takeBack(sent);
      // Its new pop receipt is still good: the message is there.
      const left = received[0];
      if (left === undefined) throw new Error("Nothing was received.");
      expect(await queue.takeBack(left)).toBeUndefined();
      expect(await receive()).toEqual([]);
    });

    test("a queue that is missing is made, and the message goes into it", async () => {
      const { queue, look, deleteQueue } = await make();
      const before = await queue.wakeLater(MESSAGE, 0);
      await deleteQueue();
      await queue.takeBack(before);
      const sent = await queue.wakeLater(MESSAGE, 0);
      expect((await look()).map(({ id }) => id)).toEqual([sent.id]);
    });
  });
}
