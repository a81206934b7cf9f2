import { MINUTE, SECOND } from "../../backup/instant.ts";
import type { ReceivedMessage } from "../fakes/fake-queue.ts";
import type { FaultKind } from "./facts.ts";
import type { PlannedFault } from "./fault-plan.ts";
import type { HostProcess, Lives } from "./host-process.ts";
import type { Hosts } from "./hosts.ts";
import { readByNewer } from "./newer-version.ts";
import type { Outages } from "./outages.ts";
import type { SimulatedQueue } from "./simulated-queue.ts";
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
/** As for calls: what finds no occasion for so long strikes no more. */
const LAPSES = 25 * MINUTE;
const SALTS = { poll: 61, host: 62, batch: 63, delete: 64, poison: 65 } as const;

/** Brings messages to hosts as the Functions host does: at least once, in any order, five times, then to the poison queue. */
export function runQueuePump(stage: Stage, lives: Lives, hosts: Hosts, queue: SimulatedQueue, outages: Outages): void {
  const { timeline, faults, tell } = stage;
  const passed = new Map<number, number>();
  const heldUntil = new Map<string, number>();
  let wakesAt = Number.POSITIVE_INFINITY;

  function wakeAt(time: number): void {
    const at = Math.max(time, timeline.now());
    if (at >= wakesAt) return;
    wakesAt = at;
    timeline.at(at + timeline.noise(SALTS.poll) * LONGEST_POLL, () => {
      // An earlier waking has taken this one's place.
      if (wakesAt !== at) return;
      wakesAt = Number.POSITIVE_INFINITY;
      poll();
    });
  }
  queue.onChange(wakeAt);

  function poll(): void {
    const process = hosts.someReady(SALTS.host);
    if (process === undefined || !outages.isDelivering()) {
      wakeAt(timeline.now() + TRY_AGAIN);
      return;
    }
    // All hosts poll: now and then each of them gets a part of what is there.
    const limit = timeline.noise(SALTS.batch) < 0.3 ? 1 : BATCH;
    for (const message of queue.receive(limit, isHeldBack)) {
      const fault = faults.take(DOUBLE, fits, () => `message ${message.id}, to a second host`, LAPSES);
      deliver(process, message);
      if (fault !== undefined) deliverAgain(process, message, fault);
    }
    const next = Math.min(...queue.messages().map(({ id, visibleAt }) => Math.max(visibleAt, heldUntil.get(id) ?? 0)));
    if (Number.isFinite(next)) wakeAt(next);
  }

  /** Whether nobody gets a message yet that everybody could: for long, or until others have passed it. */
  function isHeldBack(id: string): boolean {
    const until = heldUntil.get(id);
    if (until !== undefined) return timeline.now() < until;
    const timeOf = ({ kind, sizes }: PlannedFault): number =>
      sizes[2] * (kind === "messageLate" ? LONGEST_LATE : LONGEST_PASSED);
    const words = (drawn: PlannedFault): string => `message ${id}, ${(timeOf(drawn) / SECOND).toFixed(0)} s`;
    const fault = faults.take(HOLD, fits, words, LAPSES);
    if (fault === undefined) return false;
    heldUntil.set(id, timeline.now() + timeOf(fault));
    return true;
  }

  function fits({ number, sizes: [, skip] }: PlannedFault): boolean {
    const left = passed.get(number) ?? Math.floor(skip * MOST_PASSED);
    if (left > 0) passed.set(number, left - 1);
    return left <= 0;
  }

  /** Its lease is lost while the first delivery is worked on: the second one has the newer pop receipt. */
  function deliverAgain(first: HostProcess, message: ReceivedMessage, { sizes }: PlannedFault): void {
    timeline.after(sizes[2] ** 2 * LONGEST_DOUBLE, () => {
      const other = hosts.someReady(SALTS.host, first);
      const received = queue.renew(message);
      if (other === undefined || received === undefined) return;
      deliver(other, { ...received, dequeueCount: message.dequeueCount + 1 });
    });
  }

  function deliver(process: HostProcess, message: ReceivedMessage): void {
    // Its last delivery ended with the process: the host doesn't try once more.
    if (message.dequeueCount > MOST_DELIVERIES) {
      poison(message);
      return;
    }
    let held: ReceivedMessage | undefined = message;
    const host = process.number;
    tell({ kind: "messageDelivered", host, id: message.id, dequeueCount: message.dequeueCount });
    const renew = (): void => {
      if (held === undefined || !lives.isAwake(process) || !outages.isUp("queue")) return;
      held = queue.renew(held) ?? held;
      timeline.after(RENEW_AFTER, renew);
    };
    timeline.after(RENEW_AFTER, renew);
    const body = process.version === "newer" ? readByNewer(message.body) : message.body;
    hosts.invoke(
      process,
      "followBackup",
      (app) => app.queue(body),
      (outcome) => {
        const used = held ?? message;
        held = undefined;
        timeline.after(1 + timeline.noise(SALTS.delete) * LONGEST_DELETE, () =>
          lives.whenAwake(process, () => {
            if (!outages.isUp("queue")) return;
            if ("value" in outcome) queue.finish(used);
            else if (message.dequeueCount >= MOST_DELIVERIES) poison(used);
            else queue.showAgain(used, RETRY_DELAY);
          }),
        );
      },
    );
  }

  function poison(message: ReceivedMessage): void {
    if (queue.poison(message)) timeline.after(timeline.noise(SALTS.poison) * LONGEST_POLL, () => tellPoisoned(message));
  }

  function tellPoisoned(message: ReceivedMessage): void {
    const process = hosts.someReady(SALTS.poison);
    if (process === undefined || !outages.isUp("queue")) {
      timeline.after(TRY_AGAIN, () => tellPoisoned(message));
      return;
    }
    const body = process.version === "newer" ? readByNewer(message.body) : message.body;
    hosts.invoke(
      process,
      "poisonedFollowUp",
      (app) => app.poisonQueue(body),
      () => undefined,
    );
  }
}
