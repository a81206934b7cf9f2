import type { Deps, SentMessage } from "../../backup/deps.ts";
import { toMessageBody } from "../../backup/follow-message.ts";
import { DAY, MINUTE, SECOND } from "../../backup/instant.ts";

const LONGEST_DELAY = 7 * DAY;
/** How long the host hides what it works on. */
const HIDDEN_WHILE_WORKED_ON = 10 * MINUTE;
const MOST_AT_ONCE = 32;

/** A message as it stands in the queue. Times in milliseconds since the epoch. */
export type QueuedMessage = {
  readonly id: string;
  /** The body as the host hands it over: parsed JSON. */
  readonly body: unknown;
  readonly visibleAt: number;
  readonly expiresAt: number;
  readonly dequeueCount: number;
};

export type ReceivedMessage = QueuedMessage & { readonly popReceipt: string };

export type FakeQueue = Pick<Deps, "wakeLater" | "takeBack"> & {
  /**
   * Receives what is visible now, hides it, and gives it a new pop receipt: the old one is good for nothing any more.
   * `passes`: messages that nobody gets this time, since no order and no promptness is promised.
   */
  readonly receive: (
    limit?: number,
    hiddenFor?: number,
    passes?: (message: QueuedMessage) => boolean,
  ) => readonly ReceivedMessage[];
  /** Deletes a received message; false where its pop receipt is an old one, or it is gone. */
  readonly delete: (message: SentMessage) => boolean;
  /** Shows a received message again after `delay`, as the host does when a handler threw. False as for `delete`. */
  readonly makeVisible: (message: SentMessage, delay?: number) => boolean;
  /** Hides a received message for longer, as the host does while its handler runs; it gets a new pop receipt. */
  readonly renew: (message: SentMessage, hiddenFor?: number) => ReceivedMessage | undefined;
  /** Everything that hasn't expired, hidden or not, in the order of becoming visible. */
  readonly all: () => readonly QueuedMessage[];
  /** A message of somebody else's. */
  readonly put: (body: unknown, delay?: number) => void;
  readonly deleteQueue: () => void;
};

/** A queue in memory that goes by the clock it is given. Messages may come in any order, as in the real one. */
export function fakeQueue({ now }: { readonly now: () => Date }): FakeQueue {
  const messages = new Map<string, ReceivedMessage>();
  let count = 0;
  const nextWord = (kind: string): string => `${kind}-${(++count).toString().padStart(6, "0")}`;

  function current(): readonly ReceivedMessage[] {
    const at = now().getTime();
    for (const [id, { expiresAt }] of messages) if (expiresAt <= at) messages.delete(id);
    return [...messages.values()].sort((a, b) => a.visibleAt - b.visibleAt);
  }

  function add(body: unknown, delay: number, lifetime: number | undefined): SentMessage {
    const at = now().getTime();
    const hidden = Math.min(wholeSeconds(Math.max(0, delay)), LONGEST_DELAY);
    const lives = lifetime === undefined ? Number.POSITIVE_INFINITY : Math.max(wholeSeconds(lifetime), hidden + SECOND);
    const sent = { id: nextWord("message"), popReceipt: nextWord("receipt") };
    messages.set(sent.id, { ...sent, body, visibleAt: at + hidden, expiresAt: at + lives, dequeueCount: 0 });
    return sent;
  }

  const held = ({ id, popReceipt }: SentMessage): ReceivedMessage | undefined =>
    current().find((message) => message.id === id && message.popReceipt === popReceipt);

  const remove = (message: SentMessage): boolean => held(message) !== undefined && messages.delete(message.id);

  return {
    wakeLater: async (message, delay, lifetime) => {
      // Through JSON, as on the wire.
      const body: unknown = JSON.parse(JSON.stringify(toMessageBody(message)));
      await Promise.resolve();
      return add(body, delay, lifetime);
    },
    takeBack: async (sent) => {
      await Promise.resolve();
      remove(sent);
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
    put: (body, delay = 0) => void add(body, delay, undefined),
    deleteQueue: () => messages.clear(),
  };
}

const wholeSeconds = (ms: number): number => Math.ceil(ms / SECOND) * SECOND;
