import { runClocks } from "./clocks.ts";
import { runDeployments } from "./deployments.ts";
import type { FaultKind, MakeCheck, View, WorldReport } from "./facts.ts";
import { faultBook } from "./fault-book.ts";
import { drawPlan } from "./fault-plan.ts";
import { drawRates } from "./fault-rates.ts";
import { layHands } from "./hands.ts";
import { hostDeps, type Services } from "./host-deps.ts";
import { makeLives } from "./host-process.ts";
import { makeHosts } from "./hosts.ts";
import { makeNetwork } from "./network.ts";
import { makeOutages } from "./outages.ts";
import { bePeople } from "./people.ts";
import { runQueuePump } from "./queue-pump.ts";
import { drawShape, type Shape } from "./shape.ts";
import { simulatedHsms } from "./simulated-hsms.ts";
import { simulatedLedger } from "./simulated-ledger.ts";
import { simulatedQueue } from "./simulated-queue.ts";
import { simulatedStorage } from "./simulated-storage.ts";
import type { Stage } from "./stage.ts";
import { makeTimeline } from "./timeline.ts";
import { runTimer } from "./timer.ts";
import { makeWitness } from "./witness.ts";

export type WorldOptions = {
  readonly seed: number;
  /** Of the faults that are drawn, only those with these numbers take effect. */
  readonly only?: ReadonlySet<number> | undefined;
  /** Only faults of these kinds take effect. */
  readonly kinds?: ReadonlySet<FaultKind> | undefined;
  readonly keepFacts?: boolean;
  readonly makeChecks: readonly MakeCheck[];
};

/**
 * Lets the real app live in a world that one seed decides: its handlers on several hosts, its services and its people,
 * faults for some hours, and then calm for so long that every run must have ended and one more slot has been backed up.
 */
export async function simulateWorld(options: WorldOptions): Promise<WorldReport> {
  const { seed, only, kinds, keepFacts = false, makeChecks } = options;
  const shape = drawShape(seed);
  const timeline = makeTimeline(seed, shape.begin);
  const { now } = timeline;
  const faults = faultBook(drawPlan(seed, shape, drawRates(seed)), {
    only,
    kinds,
    now,
    told: ({ number, kind }, what) => witness.tell({ kind: "fault", number, fault: kind, what }),
  });
  const view: View = viewOf(shape, now, {
    ledger: () => services.ledger.texts,
    messages: () => services.queue.messages(),
    secrets: () => services.storage.secrets,
    largestSkew: () => clocks.largest(),
  });
  const witness = makeWitness({ now, makeChecks, view, keepFacts, newestFault: faults.newest });
  const stage: Stage = { shape, timeline, faults, tell: witness.tell };

  const ledger = simulatedLedger(stage);
  const queue = simulatedQueue(stage);
  const storage = simulatedStorage(stage);
  const outages = makeOutages(stage, ledger);
  const services: Services = { ledger, queue, storage, hsms: simulatedHsms(stage, storage, outages) };
  const lives = makeLives(stage);
  const network = makeNetwork(stage, lives, outages);
  const hosts = makeHosts(stage, lives, hostDeps(stage, network.call, services));
  const clocks = runClocks(stage, hosts);
  const deployments = runDeployments(stage, hosts);
  layHands(stage, ledger, queue);
  runTimer(stage, lives, hosts);
  runQueuePump(stage, lives, hosts, queue, outages);
  const complain = (what: string): void => witness.complain("every answer is one of ours", what);
  bePeople(stage, { seed, hosts, callsMade: network.callsMade, complain });

  timeline.at(shape.faultsStopAt, () => {
    faults.close();
    witness.tell({ kind: "faultsStopped" });
    for (const place of hosts.places) place.skew = 0;
    lives.thawAll();
    services.hsms.endStuck();
    deployments.makeGood();
  });
  await timeline.run(shape.endAt, witness.hasEnough);
  witness.end();
  return { seed, ...witness.seen(), faults: faults.counts(), struck: faults.struck() };
}

type Live = {
  readonly ledger: () => View["ledger"];
  readonly messages: () => View["messages"];
  readonly secrets: () => View["secrets"];
  readonly largestSkew: () => number;
};

/** What the checks may look at, always as it is at this moment. */
function viewOf({ hsms, deadline, slotGap, faultsStopAt }: Shape, now: () => number, live: Live): View {
  return {
    hsms,
    deadline,
    faultsStopAt,
    get now() {
      return now();
    },
    get ledger() {
      return live.ledger();
    },
    get messages() {
      return live.messages();
    },
    get secrets() {
      return live.secrets();
    },
    get largestSkew() {
      return live.largestSkew();
    },
    slotsBetween: (from, to) => {
      const slots: number[] = [];
      for (let slot = Math.ceil(from / slotGap) * slotGap; slot < to; slot += slotGap) slots.push(slot);
      return slots;
    },
  };
}
