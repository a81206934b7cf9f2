import { MINUTE, millis, SECOND } from "../../../backup/model/instant.ts";
import type { FollowMessage } from "../../../backup/model/message.ts";
import type { Ports } from "../../../backup/ports.ts";
import type { Stage } from "./stage.ts";

/** A message as it stands in the queue. Times in milliseconds since the epoch. */
export type QueuedMessage = {
  readonly id: string;
  /** The body as the host passes it on: parsed JSON, or text. */
  readonly body: unknown;
  /** Of a message that the app sent. */
  readonly run: string | null;
  readonly visibleAt: number;
  readonly expiresAt: number;
  readonly dequeueCount: number;
  /** Changes with every delivery and renewal: with an older one the message can't be deleted. */
  readonly receipt: number;
};

/** The queue as it stands at its service. */
export type SimulatedQueue = {
  readonly sendOf: (host: number) => Ports["sendMessage"];
  readonly messages: () => readonly QueuedMessage[];
  readonly countOf: (run: string) => number;
  /** Receives what is visible now and hides it. `isHeld`: messages that are not delivered now. */
  readonly receive: (limit: number, isHeld: (id: string) => boolean) => readonly QueuedMessage[];
  /** Deletes a received message. False where its receipt is an old one. */
  readonly remove: (message: QueuedMessage, how: "done" | "poisoned") => boolean;
  /** Shows a received message again after `ms`, as the host does when a handler threw. */
  readonly showAgain: (message: QueuedMessage, ms: number) => void;
  /** Hides a received message for longer; undefined where the receipt is an old one. */
  readonly renew: (message: QueuedMessage) => QueuedMessage | undefined;
  /** A message that another program sent. */
  readonly putForeign: (body: unknown) => void;
  readonly purge: () => void;
  /** Called whenever a message will be visible at another time than before. */
  readonly onChange: (changed: (visibleAt: number) => void) => void;
};

/** How long the host hides a message that it works on. */
const HIDDEN_FOR = 10 * MINUTE;
/** Of a foreign message. */
const FOREIGN_LIFETIME = 60 * MINUTE;

export function simulatedQueue({ emit, timeline }: Stage): SimulatedQueue {
  const messages = new Map<string, QueuedMessage>();
  let count = 0;
  let changed: (visibleAt: number) => void = () => undefined;

  const isCurrent = ({ id, receipt }: QueuedMessage): boolean => messages.get(id)?.receipt === receipt;
  const change = (message: QueuedMessage): QueuedMessage => {
    const renewed = { ...message, receipt: ++count };
    messages.set(message.id, renewed);
    changed(renewed.visibleAt);
    return renewed;
  };
  const drop = (id: string, how: "done" | "expired" | "purged" | "poisoned"): void => {
    if (messages.delete(id)) emit({ kind: "messageGone", id, how });
  };
  function add(body: unknown, run: string | null, visibleAt: number, expiresAt: number): string {
    const id = `message-${++count}`;
    messages.set(id, { id, body, run, visibleAt, expiresAt, dequeueCount: 0, receipt: count });
    timeline.at(expiresAt, () => drop(id, "expired"));
    changed(visibleAt);
    return id;
  }

  return {
    sendOf: (host) => async (message: FollowMessage, visible, expires) => {
      const visibleAt = Math.max(timeline.now(), wholeSeconds(millis(visible)));
      const expiresAt = Math.max(wholeSeconds(millis(expires)), visibleAt + SECOND);
      const { hsm, run, seq } = message;
      const id = add(JSON.parse(JSON.stringify(message)), run, visibleAt, expiresAt);
      emit({ kind: "messageSent", host, id, hsm, run, seq, visibleAt, expiresAt });
    },
    messages: () => [...messages.values()],
    countOf: (run) => [...messages.values()].filter((message) => message.run === run).length,
    receive: (limit, isHeld) => {
      const now = timeline.now();
      const visible = [...messages.values()].filter(({ id, visibleAt }) => visibleAt <= now && !isHeld(id));
      return visible
        .sort((a, b) => a.visibleAt - b.visibleAt)
        .slice(0, limit)
        .map((each) => change({ ...each, dequeueCount: each.dequeueCount + 1, visibleAt: now + HIDDEN_FOR }));
    },
    remove: (message, how) => {
      const isOwn = isCurrent(message);
      if (isOwn) drop(message.id, how);
      return isOwn;
    },
    showAgain: (message, ms) => {
      if (isCurrent(message)) change({ ...message, visibleAt: timeline.now() + ms });
    },
    renew: (message) =>
      isCurrent(message) ? change({ ...message, visibleAt: timeline.now() + HIDDEN_FOR }) : undefined,
    putForeign: (body) => void add(body, null, timeline.now(), timeline.now() + FOREIGN_LIFETIME),
    purge: () => {
      for (const id of [...messages.keys()]) drop(id, "purged");
    },
    onChange: (listener) => {
      changed = listener;
    },
  };
}

const wholeSeconds = (ms: number): number => Math.ceil(ms / SECOND) * SECOND;
