import type { Deps } from "../../backup/deps.ts";
import { fakeQueue, type ReceivedMessage } from "../fakes/fake-queue.ts";
import type { View } from "./facts.ts";
import type { Stage } from "./stage.ts";

export type QueueVerbs = Pick<Deps, "wakeLater" | "takeBack">;
type Known = View["messages"][number];
type Gone = "done" | "takenBack" | "expired" | "purged";

/** The queue of wake-ups as it stands at its service. */
export type SimulatedQueue = {
  readonly verbsOf: (host: number) => QueueVerbs;
  readonly messages: () => readonly Known[];
  /** `passes`: whether nobody gets this message now. */
  readonly receive: (limit: number, passes: (id: string) => boolean) => readonly ReceivedMessage[];
  /** Deletes a message that was worked on; nothing happens where its pop receipt is an old one. */
  readonly finish: (message: ReceivedMessage) => void;
  /** Shows it again after `delay`; for `finish` above all. */
  readonly showAgain: (message: ReceivedMessage, delay: number) => void;
  /** Hides it for longer; gives it with its new pop receipt. */
  readonly renew: (message: ReceivedMessage) => ReceivedMessage | undefined;
  /** Takes it out, for the poison queue. False where its pop receipt is an old one. */
  readonly poison: (message: ReceivedMessage) => boolean;
  readonly purge: () => void;
  /** Called whenever a message will be visible at another time than before. */
  readonly onChange: (changed: (visibleAt: number) => void) => void;
};

export function simulatedQueue({ tell, timeline }: Stage): SimulatedQueue {
  const fake = fakeQueue({ now: () => new Date(timeline.now()) });
  const known = new Map<string, Known>();
  let changed: (visibleAt: number) => void = () => undefined;

  const gone = (id: string, how: Gone): void => {
    if (known.delete(id)) tell({ kind: "messageGone", id, how });
  };
  const move = (id: string): void => {
    const now = fake.all().find((message) => message.id === id);
    const before = known.get(id);
    if (now === undefined || before === undefined) return;
    known.set(id, { ...before, visibleAt: now.visibleAt });
    changed(now.visibleAt);
  };

  const wakeLaterOf =
    (host: number): QueueVerbs["wakeLater"] =>
    async (message, delay, lifetime) => {
      const sent = await fake.wakeLater(message, delay, lifetime);
      const { id } = sent;
      const queued = fake.all().find((each) => each.id === id);
      const { visibleAt, expiresAt } = queued ?? { visibleAt: timeline.now(), expiresAt: timeline.now() };
      const { hsm, run, seq } = message;
      known.set(id, { id, hsm, run, seq, visibleAt });
      tell({ kind: "messageSent", host, id, hsm, run, seq, visibleAt });
      if (Number.isFinite(expiresAt)) timeline.at(expiresAt, () => gone(id, "expired"));
      changed(visibleAt);
      return sent;
    };

  const takeBack: QueueVerbs["takeBack"] = async (sent) => {
    await fake.takeBack(sent);
    if (fake.all().every(({ id }) => id !== sent.id)) gone(sent.id, "takenBack");
  };

  return {
    verbsOf: (host) => ({ wakeLater: wakeLaterOf(host), takeBack }),
    messages: () => [...known.values()],
    receive: (limit, passes) => {
      const received = fake.receive(limit, undefined, ({ id }) => passes(id));
      for (const { id } of received) move(id);
      return received;
    },
    finish: (message) => {
      if (fake.delete(message)) gone(message.id, "done");
    },
    showAgain: (message, delay) => {
      if (fake.makeVisible(message, delay)) move(message.id);
    },
    renew: (message) => {
      const renewed = fake.renew(message);
      if (renewed !== undefined) move(message.id);
      return renewed;
    },
    poison: (message) => {
      if (!fake.delete(message)) return false;
      known.delete(message.id);
      tell({ kind: "messagePoisoned", id: message.id });
      return true;
    },
    purge: () => {
      fake.deleteQueue();
      for (const id of [...known.keys()]) gone(id, "purged");
    },
    onChange: (listener) => {
      changed = listener;
    },
  };
}
