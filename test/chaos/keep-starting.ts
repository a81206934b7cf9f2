import { pause } from "../../local/functions-host/retry.ts";
import type { Answer } from "../end-to-end/running-host.ts";
import type { ChaosWorld } from "./chaos-world.ts";
import type { StartFacts } from "./facts.ts";
import type { Given } from "./find-secrets.ts";
import type { Random } from "./random.ts";

const SECOND = 1_000;
const SHORTEST_PEACE = 0.5 * SECOND;
const LONGEST_PEACE = 2.5 * SECOND;
const SEND_AGAIN_AFTER = 0.5 * SECOND;
const TRIES = 3;
/** Starts that are sent once more although they were answered. */
const SHARE_OF_REPEATS = 0.15;
const SHARE_OF_LOOKS = 0.3;
const ACCEPTED = 202;
const BUSY = 409;
const UNFORESEEN = 500;

/** Manual starts and reads over HTTP, and their answers. */
export type Asked = {
  readonly starts: StartFacts[];
  readonly texts: Given[];
  /** Looks that were answered 500, which is a bug of the app. */
  readonly unforeseen: string[];
};

export const newAsked = (): Asked => ({ starts: [], texts: [], unforeseen: [] });

/** Asks the hosts for backups, as a person or another system does, until `signal` is aborted. */
export async function keepStarting(
  world: ChaosWorld,
  asked: Asked,
  random: Random,
  signal: AbortSignal,
): Promise<void> {
  const underWay = new Set<Promise<void>>();
  while (!signal.aborted) {
    await pause(random.between(SHORTEST_PEACE, LONGEST_PEACE), signal);
    if (signal.aborted) break;
    const hsm = world.hsms.names[Math.floor(random.share() * world.hsms.names.length)] ?? "";
    const isRepeated = random.isChance(SHARE_OF_REPEATS);
    const looksAt = random.isChance(SHARE_OF_LOOKS)
      ? random.pick([`/api/backups?hsm=${hsm}`, "/api/backups", "/api/health"])
      : null;
    const own = random.fork();
    const act = async (): Promise<void> => {
      await start(world, asked, hsm, isRepeated, own, signal);
      if (looksAt !== null) await look(world, asked, looksAt, own);
    };
    const acting = act().finally(() => underWay.delete(acting));
    underWay.add(acting);
  }
  await Promise.all(underWay);
}

/** One start, resent with its key to any host until an answer arrives. */
async function start(
  world: ChaosWorld,
  { starts, texts }: Asked,
  hsm: string,
  isRepeated: boolean,
  random: Random,
  signal: AbortSignal,
): Promise<void> {
  const answers: StartFacts["answers"][number][] = [];
  const key = `chaos-${starts.length}`;
  starts.push({ hsm, answers });
  for (let tries = 1; tries <= TRIES; tries++) {
    const answer = await anyHost(world, random)
      ?.post(JSON.stringify({ hsm }), { "idempotency-key": key })
      .catch(() => undefined);
    if (answer !== undefined) texts.push({ where: "an answer to POST /api/backups", text: answer.text });
    answers.push({ status: answer?.status ?? null, run: runIn(answer) });
    const isAnswered = answer?.status === ACCEPTED || answer?.status === BUSY;
    if (isAnswered && !(isRepeated && tries === 1)) return;
    await pause(SEND_AGAIN_AFTER, signal);
    if (signal.aborted) return;
  }
}

async function look(world: ChaosWorld, { texts, unforeseen }: Asked, path: string, random: Random): Promise<void> {
  const answer = await anyHost(world, random)
    ?.get(path)
    .catch(() => undefined);
  if (answer === undefined) return;
  texts.push({ where: `an answer to GET ${path}`, text: answer.text });
  if (answer.status === UNFORESEEN) unforeseen.push(`GET ${path} was answered ${UNFORESEEN}: ${answer.text}`);
}

const anyHost = ({ hosts }: ChaosWorld, random: Random) => {
  const up = hosts.all.flatMap((host) => host.now() ?? []);
  return up[Math.floor(random.share() * up.length)];
};

/** The run that an answer names: the started one, or the active one that prevented it. */
const runIn = (answer: Answer | undefined): string | null => answer?.headers.get("location")?.split("/").at(-1) ?? null;
