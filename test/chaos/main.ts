/**
 * `npm run chaos`: the app on real hosts, storages and emulated HSMs, all of them killed, held up and cut off while it
 * makes backups; then everything that is known is compared.
 */
import { INTERRUPTED, untilStopped } from "../../local/until-stopped.ts";
import { describeOutcome, isGood } from "./outcome.ts";
import { makeSeed, readPlan } from "./plan.ts";
import { runChaos } from "./run-chaos.ts";

const USAGE_ERROR = 2;

async function main(): Promise<number> {
  const read = readPlan(process.argv.slice(2), makeSeed());
  if ("help" in read) {
    console.log(read.help);
    return 0;
  }
  if ("problem" in read) {
    console.error(read.problem);
    return USAGE_ERROR;
  }
  const { plan } = read;
  return untilStopped(
    async (signal) => {
      const outcome = await runChaos(plan, console.error, signal);
      for (const line of describeOutcome(outcome)) console.log(line);
      return isGood(outcome) ? 0 : 1;
    },
    INTERRUPTED,
    console.error,
  );
}

process.exitCode = await main();
