import { MINUTE } from "../../../backup/model/instant.ts";
import type { MakeCheck, WorldReport } from "../check.ts";
import { faultBook } from "../faults/fault-book.ts";
import type { FaultKind } from "../faults/fault-kinds.ts";
import { drawPlan } from "../faults/fault-plan.ts";
import { drawRates } from "../faults/fault-rates.ts";
import { type HistoryOptions, makeHistory } from "../history.ts";
import { runClocks } from "./clocks.ts";
import { runDamage } from "./damage.ts";
import { runDeployments } from "./deployments.ts";
import { runForeignApps } from "./foreign-app.ts";
import { hostPorts, type Services } from "./host-ports.ts";
import { makeProcesses } from "./host-process.ts";
import { APP, makeHosts } from "./hosts.ts";
import { makeDigestsInstant } from "./instant-digest.ts";
import { makeNetwork } from "./network.ts";
import { downgraded } from "./newer-version.ts";
import { makeOutages } from "./outages.ts";
import { runPeople } from "./people.ts";
import { runQueuePump } from "./queue-pump.ts";
import { drawShape } from "./shape.ts";
import { simulatedHsms } from "./simulated-hsms.ts";
import { type SimulatedLedger, simulatedLedger } from "./simulated-ledger.ts";
import { simulatedQueue } from "./simulated-queue.ts";
import { simulatedStorage } from "./simulated-storage.ts";
import type { Stage } from "./stage.ts";
import { makeTimeline } from "./timeline.ts";
import { runTimer } from "./timer.ts";

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
 * Runs the real app in a world that one seed decides: its handlers on several hosts, its services and its operators. Faults
 * strike for some hours; then there are none until every run must have ended and one more slot has been backed up.
 */
export async function simulateWorld(options: WorldOptions): Promise<WorldReport> {
  const { seed, only, kinds, keepFacts = false, makeChecks } = options;
  makeDigestsInstant();
  const shape = drawShape(seed);
  const timeline = makeTimeline(seed, shape.begin);
  const { now } = timeline;
  const faults = faultBook(drawPlan(seed, shape, drawRates(seed)), {
    only,
    kinds,
    now,
    onStrike: ({ number, kind }, what) => emit({ kind: "fault", number, fault: kind, what }),
  });
  let largestSkew = (): number => 0;
  const { hsms, deadline, slotGap, maxAge, faultsStopAt } = shape;
  const world: HistoryOptions["world"] = {
    ...{ hsms, deadline, slotGap, maxAge, faultsStopAt, app: APP },
    get now() {
      return now();
    },
    get texts() {
      return ledger.texts;
    },
    get secrets() {
      return storage.secrets;
    },
    get largestSkew() {
      return largestSkew();
    },
  };
  const history = makeHistory({ now, makeChecks, keepFacts, messagesOf: (run) => queue.countOf(run), world });
  const { emit } = history;
  const stage: Stage = { shape, timeline, faults, emit };

  const ledger = simulatedLedger(stage);
  const queue = simulatedQueue(stage);
  const storage = simulatedStorage(stage);
  const outages = makeOutages(stage, ledger);
  const services: Services = { ledger, queue, storage, hsms: simulatedHsms(stage, storage, outages) };
  const processes = makeProcesses(stage);
  const network = makeNetwork(stage, processes, outages);
  const hosts = makeHosts(stage, processes, hostPorts(stage, network.call, services));
  largestSkew = runClocks(stage, hosts).largest;
  const deployments = runDeployments(stage, hosts);
  const foreignApps = runForeignApps(stage, hosts, ledger);
  runDamage(stage, ledger, queue);
  runTimer(stage, processes, hosts);
  runQueuePump(stage, processes, hosts, queue, outages);
  runPeople(stage, { seed, hosts, callsMade: network.callsMade });

  timeline.at(shape.faultsStopAt, () => {
    faults.close();
    emit({ kind: "faultsStopped" });
    for (const place of hosts.places) place.skew = 0;
    processes.thawAll();
    services.hsms.endStuck();
    deployments.restore();
    foreignApps.remove();
    // The last processes of the newer version are gone by then.
    timeline.after(RESTORED_AFTER, () => downgradeStates(ledger));
  });
  if (!(await timeline.run(shape.endAt, history.hasEnough)))
    history.complain("the world comes to rest", "it never does");
  history.end();
  return { seed, ...history.seen(), faults: faults.counts(), struck: faults.struck() };
}

const RESTORED_AFTER = 4 * MINUTE;

/** An operator converts the states of a newer version back to this one, which would otherwise leave them alone forever. */
function downgradeStates(ledger: SimulatedLedger): void {
  for (const [name, text] of ledger.texts) {
    const older = name.startsWith("hsms/") ? downgraded(text) : undefined;
    if (older !== undefined) ledger.damage(name, older, "downgraded");
  }
}
