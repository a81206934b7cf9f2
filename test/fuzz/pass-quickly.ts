import { MINUTE } from "../../backup/instant.ts";
import { reconcile } from "../../backup/reconcile.ts";
import type { ProductWorld } from "../steps/product-world.ts";

const TIMER = 5 * MINUTE;
/** Whoever delivers more than that within one instant goes in circles. */
const MOST_AT_ONCE = 200;

/**
 * As the world's `passTime`, from one tick of the timer or message to the next: a day takes milliseconds.
 * @throws whatever a reconcile throws, which it never should
 */
export async function passQuickly(world: ProductWorld, ms: number): Promise<void> {
  const end = world.now().getTime() + ms;
  for (let at = world.now().getTime(); at < end; at = world.now().getTime()) {
    if (at % TIMER === 0) await reconcile(world.deps, null);
    await deliverAll(world, at);
    const tick = (Math.floor(at / TIMER) + 1) * TIMER;
    const next = Math.min(tick, end, ...world.queue.all().map(({ visibleAt }) => visibleAt));
    world.setTime(new Date(next).toISOString());
  }
}

async function deliverAll(world: ProductWorld, at: number): Promise<void> {
  for (let delivered = 0; world.queue.all().some(({ visibleAt }) => visibleAt <= at); delivered++) {
    if (delivered > MOST_AT_ONCE) throw new Error(`More than ${MOST_AT_ONCE} messages came at ${world.now()}.`);
    await world.deliver(() => world.deps);
  }
}
