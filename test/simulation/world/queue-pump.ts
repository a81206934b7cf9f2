import { MINUTE, SECOND } from "../../../backup/model/instant.ts";
import type { FaultKind } from "../faults/fault-kinds.ts";
import type { PlannedFault } from "../faults/fault-plan.ts";
import type { HostProcess, Processes } from "./host-process.ts";
import type { Hosts } from "./hosts.ts";
import { readByNewer } from "./newer-version.ts";
import type { Outages } from "./outages.ts";
import type { QueuedMessage, SimulatedQueue } from "./simulated-queue.ts";
import type { Stage } from "./stage.ts";

const DOUBLE: ReadonlySet<FaultKind> = new Set<FaultKind>(["messageDoubled"]);
const HOLD: ReadonlySet<FaultKind> = new Set<FaultKind>(["messageLate", "messageOutOfOrder"]);
// As host.json has them.
const BATCH = 16;
const MOST_DELIVERIES = 5;
const RETRY_DELAY = MINUTE;
/** The host renews a message that it works on at half of the time that it is hidden for. */
const RENEW_AFTER = 5 * MINUTE;
const LONGEST_POLL = 1.5 * SECOND;
const LONGEST_DELETE = 40;
const TRY_AGAIN = 10 * SECOND;
const LONGEST_LATE = 20 * MINUTE;
const LONGEST_PASSED = 2 * MINUTE;
const LONGEST_DOUBLE = 5 * SECOND;
const MOST_PASSED = 6;
/** As for calls: a fault that finds no occasion in this time never strikes. */
const LAPSES = 25 * MINUTE;
const FOREIGN_SHARE = 0.5;
const SALTS = { poll: 61, host: 62, batch: 63, delete: 64, poison: 65, foreign: 66 } as const;

/** Brings messages to hosts as the Functions host does: at least once, in any order, five times, then to the poison queue. */
export function runQueuePump(
  stage: Stage,
  processes: Processes,
  hosts: Hosts,
  queue: SimulatedQueue,
  outages: Outages,
): void {
  const { timeline, faults, emit } = stage;
  const heldUntil = new Map<string, number>();
  let pollsAt = Number.POSITIVE_INFINITY;

  function pollAt(time: number): void {
    const at = Math.max(time, timeline.now());
    if (at >= pollsAt) return;
    pollsAt = at;
    timeline.at(at + timeline.noise(SALTS.poll) * LONGEST_POLL, () => {
      // An earlier poll has taken this one's place.
      if (pollsAt !== at) return;
      pollsAt = Number.POSITIVE_INFINITY;
      poll();
    });
  }
  queue.onChange(pollAt);

  /** Another app on the same host storage takes part of the messages. */
  function receiver(): HostProcess | undefined {
    const [foreign] = hosts.foreign();
    return foreign !== undefined && timeline.noise(SALTS.foreign) < FOREIGN_SHARE
      ? foreign
      : hosts.someReady(SALTS.host);
  }

  function poll(): void {
    const process = receiver();
    if (process === undefined || !outages.isDelivering()) {
      pollAt(timeline.now() + TRY_AGAIN);
      return;
    }
    // All hosts poll: now and then each of them gets a part of what is there.
    const limit = timeline.noise(SALTS.batch) < 0.3 ? 1 : BATCH;
    for (const message of queue.receive(limit, isHeldBack)) {
      const fault = faults.take(DOUBLE, {
        what: () => `message ${message.id}, to a second host`,
        passes,
        lapses: LAPSES,
      });
      deliver(process, message);
      if (fault !== undefined) deliverAgain(process, message, fault);
    }
    const next = Math.min(...queue.messages().map(({ id, visibleAt }) => Math.max(visibleAt, heldUntil.get(id) ?? 0)));
    if (Number.isFinite(next)) pollAt(next);
  }

  /** Whether a visible message is held back: for long, or until others have passed it. */
  function isHeldBack(id: string): boolean {
    const until = heldUntil.get(id);
    if (until !== undefined) return timeline.now() < until;
    const timeOf = ({ kind, sizes }: PlannedFault): number =>
      sizes[2] * (kind === "messageLate" ? LONGEST_LATE : LONGEST_PASSED);
    const what = (drawn: PlannedFault): string => `message ${id}, ${(timeOf(drawn) / SECOND).toFixed(0)} s`;
    const fault = faults.take(HOLD, { what, passes, lapses: LAPSES });
    if (fault === undefined) return false;
    heldUntil.set(id, timeline.now() + timeOf(fault));
    return true;
  }

  /** Its lease is lost while the first delivery is worked on: the second one has the newer pop receipt. */
  function deliverAgain(first: HostProcess, message: QueuedMessage, { sizes }: PlannedFault): void {
    timeline.after(sizes[2] ** 2 * LONGEST_DOUBLE, () => {
      const other = hosts.someReady(SALTS.host, first);
      const received = queue.renew(message);
      if (other === undefined || received === undefined) return;
      deliver(other, { ...received, dequeueCount: message.dequeueCount + 1 });
    });
  }

  function deliver(process: HostProcess, message: QueuedMessage): void {
    // Its last delivery ended with the process: the host doesn't try once more.
    if (message.dequeueCount > MOST_DELIVERIES) {
      poison(message);
      return;
    }
    let held: QueuedMessage | undefined = message;
    const host = process.number;
    emit({ kind: "messageDelivered", host, id: message.id, dequeueCount: message.dequeueCount });
    const renew = (): void => {
      if (held === undefined || !processes.isAwake(process) || !outages.isUp("queue")) return;
      held = queue.renew(held) ?? held;
      timeline.after(RENEW_AFTER, renew);
    };
    timeline.after(RENEW_AFTER, renew);
    const body = process.settings.version === "newer" ? readByNewer(message.body) : message.body;
    hosts.invoke(
      process,
      "followBackup",
      (app) => app.queue(body),
      (outcome) => {
        const used = held ?? message;
        held = undefined;
        timeline.after(1 + timeline.noise(SALTS.delete) * LONGEST_DELETE, () =>
          processes.whenAwake(process, () => {
            if (!outages.isUp("queue")) return;
            if ("value" in outcome) queue.remove(used, "done");
            else if (message.dequeueCount >= MOST_DELIVERIES) poison(used);
            else queue.showAgain(used, RETRY_DELAY);
          }),
        );
      },
    );
  }

  function poison(message: QueuedMessage): void {
    if (!queue.remove(message, "poisoned")) return;
    timeline.after(timeline.noise(SALTS.poison) * LONGEST_POLL, () => deliverPoisoned(message));
  }

  function deliverPoisoned(message: QueuedMessage): void {
    const process = hosts.someReady(SALTS.poison);
    if (process === undefined || !outages.isUp("queue")) {
      timeline.after(TRY_AGAIN, () => deliverPoisoned(message));
      return;
    }
    const body = process.settings.version === "newer" ? readByNewer(message.body) : message.body;
    hosts.invoke(
      process,
      "poisonedMessage",
      (app) => app.poisonQueue(body),
      () => undefined,
    );
  }
}

const passes = ({ sizes: [, skip] }: PlannedFault): number => Math.floor(skip * MOST_PASSED);
