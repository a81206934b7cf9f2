import { writeState } from "../backup/ledger/ledger.ts";
import { keepRecord } from "../backup/ledger/records.ts";
import { DAY, instantOf } from "../backup/model/instant.ts";
import { makeRunId } from "../backup/model/names.ts";
import type { Ports } from "../backup/ports.ts";
import { listLastRuns, listRunsOf } from "../backup/steps/find-runs.ts";
import { checkHealth } from "../backup/steps/overview.ts";
import { reconcile } from "../backup/steps/reconcile.ts";
import { recordOf, stateOf } from "../test/backup/samples.ts";
import { makeProductWorld, type ProductWorld } from "../test/steps/product-world.ts";
import { countedPorts } from "./counted-ports.ts";
import { atMost, type Section, type Target } from "./report.ts";

const HSM_COUNTS = [1, 10, 100];
const RECORD_COUNTS = [10, 100, 1_000, 10_000];
const SLOT = Date.parse("2026-11-23T02:00:00Z");
const PAGE = 50;

/** The requests that `work` makes in a world. */
async function requestsOf(world: ProductWorld, work: (ports: Ports) => Promise<unknown>): Promise<number> {
  const counter = countedPorts(world.ports);
  await work(counter.ports);
  return counter.requests();
}

/** One tick with so many HSMs: when nothing is due, and when all are. */
export async function countTicks(hsms: number): Promise<{ readonly idle: number; readonly due: number }> {
  const names = Array.from({ length: hsms }, (_, n) => `hsm${n}`);
  const world = makeProductWorld({ hsms: names });
  // A new HSM is due at once; its next slot comes a minute later.
  await world.passTime(DAY / 2);
  const idle = await requestsOf(world, reconcile);
  world.clock.setTime(SLOT + DAY);
  return { idle, due: await requestsOf(world, reconcile) };
}

/** What people read, with so many records of one HSM. */
export async function countReads(records: number) {
  const world = makeProductWorld();
  const { ports } = world;
  await writeState(ports, stateOf(), null);
  for (let n = 0; n < records; n += 1) {
    const at = instantOf(new Date(SLOT - n * DAY));
    await keepRecord(ports, recordOf({ id: makeRunId(at, 0, ports.newId()), startedAt: at, endedAt: at, slot: at }));
  }
  const wanted = { state: undefined, limit: PAGE };
  return {
    overview: await requestsOf(world, (counted) => listLastRuns(counted, wanted)),
    page: await requestsOf(world, (counted) => listRunsOf(counted, "contoso", { ...wanted, marker: undefined })),
    health: await requestsOf(world, checkHealth),
  };
}

/** The bench's part on scale, in requests: what grows with HSMs, and what doesn't grow with records. */
export async function scale(): Promise<Section> {
  const ticks = [];
  for (const hsms of HSM_COUNTS) ticks.push({ hsms, ...(await countTicks(hsms)) });
  const reads = [];
  for (const records of RECORD_COUNTS) reads.push({ records, ...(await countReads(records)) });
  const [fewest, most] = [reads[0], reads.at(-1)];
  const same = (what: "overview" | "page" | "health"): Target => ({
    name: `${what}: requests at 10 and at 10,000 records`,
    target: "the same",
    result: `${fewest?.[what]} and ${most?.[what]}`,
    met: fewest?.[what] === most?.[what],
  });
  return {
    tables: [
      {
        title: "Requests of one tick",
        columns: ["HSMs", "idle", "all due"],
        rows: ticks.map(({ hsms, idle, due }) => [String(hsms), String(idle), String(due)]),
      },
      {
        title: "Requests of what people read, one HSM",
        columns: ["records", "overview", "list page", "health"],
        rows: reads.map(({ records, overview, page, health }) => [records, overview, page, health].map(String)),
      },
    ],
    targets: [
      ...ticks.map(({ hsms, idle }) => atMost(`idle tick, ${hsms} HSMs: calls`, hsms + 3, idle)),
      ...(["overview", "page", "health"] as const).map(same),
    ],
  };
}
