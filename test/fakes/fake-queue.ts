import { DAY, MINUTE, millis, SECOND } from "../../backup/model/instant.ts";
import type { Ports } from "../../backup/ports.ts";

const LONGEST_DELAY = 7 * DAY;
/** How long the host hides what it works on. */
const HIDDEN_WHILE_WORKED_ON = 10 * MINUTE;
const MOST_AT_ONCE = 32;

/** A message in the queue. Times in milliseconds since the epoch. */
export type QueuedMessage = {
  readonly id: string;
  /** The body as the host hands it over: parsed JSON. */
  readonly body: unknown;
  readonly visibleAt: number;
  readonly expiresAt: number;
  readonly dequeueCount: number;
};

/** What a receiver needs to delete, show or hide the message again. */
export type Receipt = { readonly id: string; readonly popReceipt: string };
export type ReceivedMessage = QueuedMessage & Receipt;

export type FakeQueue = Pick<Ports, "sendMessage"> & {
  /**
   * Receives what is visible now, hides it, and gives it a new pop receipt; the old one is no longer valid.
   * `passes`: messages that aren't delivered this time, since the service promises neither order nor promptness.
   */
  readonly receive: (
    limit?: number,
    hiddenFor?: number,
    passes?: (message: QueuedMessage) => boolean,
  ) => readonly ReceivedMessage[];
  /** Deletes a received message; false where its pop receipt is an old one, or it is gone. */
  readonly delete: (message: Receipt) => boolean;
  /** Shows a received message again after `delay`, as the host does when a handler threw. False as for `delete`. */
  readonly makeVisible: (message: Receipt, delay?: number) => boolean;
  /** Hides a received message for longer, as the host does while its handler runs; it gets a new pop receipt. */
  readonly renew: (message: Receipt, hiddenFor?: number) => ReceivedMessage | undefined;
  /** Everything that hasn't expired, hidden or not, in the order of becoming visible. */
  readonly all: () => readonly QueuedMessage[];
  /** A message of another sender, which never expires. */
  readonly put: (body: unknown, delay?: number) => void;
  readonly deleteQueue: () => void;
};

/** A queue in memory that uses the given clock. Messages may be delivered in any order, as in the real one. */
export function fakeQueue({ now }: { readonly now: () => Date }): FakeQueue {
  const messages = new Map<string, ReceivedMessage>();
  let count = 0;
  const nextWord = (kind: string): string => `${kind}-${(++count).toString().padStart(6, "0")}`;

  function current(): readonly ReceivedMessage[] {
    const at = now().getTime();
    for (const [id, { expiresAt }] of messages) if (expiresAt <= at) messages.delete(id);
    return [...messages.values()].sort((a, b) => a.visibleAt - b.visibleAt);
  }

  function add(body: unknown, delay: number, lifetime: number): void {
    const at = now().getTime();
    const hidden = Math.min(wholeSeconds(Math.max(0, delay)), LONGEST_DELAY);
    const lives = Math.max(wholeSeconds(lifetime), hidden + SECOND);
    const receipt = { id: nextWord("message"), popReceipt: nextWord("receipt") };
    messages.set(receipt.id, { ...receipt, body, visibleAt: at + hidden, expiresAt: at + lives, dequeueCount: 0 });
  }

  const held = ({ id, popReceipt }: Receipt): ReceivedMessage | undefined =>
    current().find((message) => message.id === id && message.popReceipt === popReceipt);

  const remove = (message: Receipt): boolean => held(message) !== undefined && messages.delete(message.id);

  return {
    sendMessage: async (message, visibleAt, expiresAt) => {
      // Through JSON, as on the wire.
      const body: unknown = JSON.parse(JSON.stringify(message));
      const at = now().getTime();
      await Promise.resolve();
      add(body, millis(visibleAt) - at, millis(expiresAt) - at);
    },
    receive: (limit = MOST_AT_ONCE, hiddenFor = HIDDEN_WHILE_WORKED_ON, passes = () => false) => {
      const at = now().getTime();
      const visible = current().filter((message) => message.visibleAt <= at && !passes(message));
      return visible.slice(0, limit).map((message) => {
        const popReceipt = nextWord("receipt");
        const dequeueCount = message.dequeueCount + 1;
        const received = { ...message, popReceipt, dequeueCount, visibleAt: at + hiddenFor };
        messages.set(message.id, received);
        return received;
      });
    },
    delete: remove,
    makeVisible: (message, delay = 0) => {
      const found = held(message);
      if (found === undefined) return false;
      // An update gives a new pop receipt, too.
      messages.set(found.id, { ...found, popReceipt: nextWord("receipt"), visibleAt: now().getTime() + delay });
      return true;
    },
    renew: (message, hiddenFor = HIDDEN_WHILE_WORKED_ON) => {
      const found = held(message);
      if (found === undefined) return undefined;
      const renewed = { ...found, popReceipt: nextWord("receipt"), visibleAt: now().getTime() + hiddenFor };
      messages.set(found.id, renewed);
      return renewed;
    },
    all: () => current().map(({ popReceipt: _secret, ...message }) => message),
    put: (body, delay = 0) => add(body, delay, Number.POSITIVE_INFINITY),
    deleteQueue: () => messages.clear(),
  };
}

const wholeSeconds = (ms: number): number => Math.ceil(ms / SECOND) * SECOND;
