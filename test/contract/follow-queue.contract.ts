import { describe, expect, test } from "vitest";
import { after, SECOND } from "../../backup/model/instant.ts";
import type { FollowMessage } from "../../backup/model/message.ts";
import type { Ports } from "../../backup/ports.ts";
import { until } from "../until.ts";

/** A message that can be received, with the JSON of its body. */
export type Visible = { readonly body: unknown };

export type QueueWorld = {
  readonly queue: Pick<Ports, "sendMessage">;
  /** The clock of queue and service. */
  readonly now: () => Date;
  /** What can be received now, without receiving it. Time goes on between two looks. */
  readonly look: () => Promise<readonly Visible[]>;
  readonly deleteQueue: () => Promise<void>;
};

const MESSAGE: FollowMessage = { schemaVersion: 1, hsm: "contoso", run: "20261123T020000Z-1-k3v9x2ab", seq: 3 };
const LATER: FollowMessage = { ...MESSAGE, seq: 4 };
const LONG = 60 * SECOND;

/** What every queue of messages does. `make` gives an empty one of its own for each test. */
export function followQueueContract(name: string, make: () => Promise<QueueWorld>): void {
  describe(`${name} as a queue of messages`, () => {
    /** Sends a message that becomes visible after `hidden` milliseconds and expires after `lives` milliseconds. */
    const send = ({ queue, now }: QueueWorld, message: FollowMessage, hidden: number, lives = LONG): Promise<void> =>
      queue.sendMessage(message, after(now(), hidden), after(now(), lives));

    const bodiesSeen = ({ look }: QueueWorld, count: number): Promise<readonly unknown[]> =>
      until(`${count} messages`, async () => {
        const visible = await look();
        return visible.length === count && visible.map(({ body }) => body);
      });

    test("a message that isn't hidden is visible at once, as it was sent", async () => {
      const world = await make();
      expect(await send(world, MESSAGE, 0)).toBeUndefined();
      expect(await world.look()).toEqual([{ body: MESSAGE }]);
    });

    test("the same message twice is two messages", async () => {
      const world = await make();
      await send(world, MESSAGE, 0);
      await send(world, MESSAGE, 0);
      expect(await world.look()).toEqual([{ body: MESSAGE }, { body: MESSAGE }]);
    });

    test("a message is hidden until its time, rounded up to whole seconds", async () => {
      const world = await make();
      await send(world, LATER, 1_500);
      await send(world, MESSAGE, 500);
      expect(await world.look()).toEqual([]);
      expect(await bodiesSeen(world, 1)).toEqual([MESSAGE]);
      expect(await bodiesSeen(world, 2)).toEqual(expect.arrayContaining([MESSAGE, LATER]));
    });

    test("a message whose time has come is visible at once", async () => {
      const world = await make();
      await send(world, MESSAGE, -5 * SECOND);
      expect(await world.look()).toEqual([{ body: MESSAGE }]);
    });

    test("a message is gone after its end", async () => {
      const world = await make();
      await send(world, MESSAGE, 0, 2 * SECOND);
      await send(world, LATER, 0);
      expect(await bodiesSeen(world, 2)).toHaveLength(2);
      expect(await bodiesSeen(world, 1)).toEqual([LATER]);
    });

    test("a message whose end isn't later than its time is seen all the same", async () => {
      const world = await make();
      await send(world, MESSAGE, SECOND, SECOND);
      expect(await bodiesSeen(world, 1)).toEqual([MESSAGE]);
      await send(world, LATER, -LONG, -LONG / 2);
      expect(await world.look()).toContainEqual({ body: LATER });
    });

    test("a queue that is missing is created, and the message goes into it", async () => {
      const world = await make();
      await send(world, MESSAGE, 0);
      await world.deleteQueue();
      await send(world, LATER, 0);
      expect(await world.look()).toEqual([{ body: LATER }]);
    });
  });
}
