import { InvocationContext, type Timer } from "@azure/functions";
import { MINUTE } from "../../backup/model/instant.ts";
import type { Ports } from "../../backup/ports.ts";
import { followBackup } from "../../functions/follow-backup.ts";
import { scheduledBackup } from "../../functions/scheduled-backup.ts";
import type { FakeQueue } from "../fakes/fake-queue.ts";

const TIMER = 5 * MINUTE;
const RETRY_DELAY = MINUTE;
const MOST_DELIVERIES = 5;
/** More messages than that within one instant go in circles. */
const MOST_AT_ONCE = 200;

export type TestClock = { readonly now: () => Date; readonly setTime: (to: string | number) => void };

/** An app on its host: `of` gives the ports of the process that the next step runs in, `queue` is where its messages come from. */
export type HostedApp = { readonly of: () => Ports; readonly queue: FakeQueue };

/** The death of a process: whatever it still tries fails in the same way and has no effect. */
export class Crash extends Error {
  override readonly name = "Crash";
}

/** The context of an invocation, whose log lines become events again. */
export const contextOf = ({ log }: Ports): InvocationContext =>
  new InvocationContext({ logHandler: (_level, line) => log(JSON.parse(String(line))) });

/**
 * Lets time pass, from one tick of the timer or message to the next. Each app gets every tick; apps on one queue take
 * turns at its messages. @throws what a tick throws, which it never should
 */
export async function passTime(clock: TestClock, ms: number, apps: readonly HostedApp[]): Promise<void> {
  const end = clock.now().getTime() + ms;
  for (let at = clock.now().getTime(); at < end; at = clock.now().getTime()) {
    if (at % TIMER === 0) for (const app of apps) await unlessCrashed(() => tick(app.of()));
    await deliverVisible(apps, at);
    const nextTick = (Math.floor(at / TIMER) + 1) * TIMER;
    const nextMessages = apps.flatMap(({ queue }) => queue.all().map(({ visibleAt }) => visibleAt));
    clock.setTime(Math.min(nextTick, end, ...nextMessages.map((visibleAt) => Math.max(visibleAt, at))));
  }
}

/** One tick of an app's timer. */
export async function tick(ports: Ports): Promise<void> {
  await scheduledBackup(ports)(TIMER_INFO, contextOf(ports));
}

const NEVER = new Date(0).toISOString();
export const TIMER_INFO: Timer = {
  isPastDue: false,
  schedule: { adjustForDST: false },
  scheduleStatus: { last: NEVER, next: NEVER, lastUpdated: NEVER },
};

async function deliverVisible(apps: readonly HostedApp[], at: number): Promise<void> {
  const hasMessage = ({ queue }: HostedApp): boolean => queue.all().some(({ visibleAt }) => visibleAt <= at);
  for (let delivered = 0; apps.some(hasMessage); delivered++) {
    if (delivered > MOST_AT_ONCE) throw new Error(`More than ${MOST_AT_ONCE} messages came at one instant.`);
    const app = apps[delivered % apps.length];
    if (app !== undefined) await deliver(app);
  }
}

/** One message, as the host treats it: deleted after the step, shown again when it throws, kept hidden by a crash. */
export async function deliver({ of, queue }: HostedApp): Promise<void> {
  for (const message of queue.receive(1)) {
    const ports = of();
    try {
      await followBackup(ports)(message.body, contextOf(ports));
      queue.delete(message);
    } catch (thrown) {
      if (thrown instanceof Crash) continue;
      if (message.dequeueCount >= MOST_DELIVERIES) queue.delete(message);
      else queue.makeVisible(message, RETRY_DELAY);
    }
  }
}

async function unlessCrashed(step: () => Promise<void>): Promise<void> {
  try {
    await step();
  } catch (thrown) {
    if (!(thrown instanceof Crash)) throw thrown;
  }
}
