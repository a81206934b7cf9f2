import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DAY } from "../../backup/instant.ts";
import { until } from "../until.ts";
import { type AppWorld, startAppWorld } from "./app-world.ts";
import type { Call } from "./gate.ts";
import type { Installation } from "./installation.ts";
import { knowSince, type LedgerView, viewLedger } from "./ledger-view.ts";

// One HSM and one installation per place: all places share a world, and run side by side.
type Place = {
  readonly hsm: string;
  readonly name: string;
  readonly gate: "blobGate" | "queueGate";
  readonly when: "before" | "after";
  readonly matches: (call: Call, hsm: string) => boolean;
};

const isCard = ({ method, path }: Call, hsm: string) => method === "PUT" && path.endsWith(`/hsms/${hsm}.json`);
const isRecord = ({ method, path }: Call, hsm: string) => method === "PUT" && path.includes(`/runs/${hsm}/`);
const isTaken = (call: Call, hsm: string) => isCard(call, hsm) && call.body.includes('"active":{');

const PLACES: readonly Place[] = [
  { hsm: "before-card", name: "before the card is taken", gate: "blobGate", when: "before", matches: isTaken },
  { hsm: "after-card", name: "after the card is taken", gate: "blobGate", when: "after", matches: isTaken },
  {
    hsm: "after-message",
    name: "after the message is sent",
    gate: "queueGate",
    when: "after",
    matches: ({ method, path, body }, hsm) =>
      method === "POST" && path.endsWith("/messages") && messageIn(body).includes(`"hsm":"${hsm}"`),
  },
  { hsm: "after-record", name: "after the record is made", gate: "blobGate", when: "after", matches: isRecord },
  {
    hsm: "after-claim",
    name: "after the start is claimed",
    gate: "blobGate",
    when: "after",
    matches: (call, hsm) => isRecord(call, hsm) && call.body.includes('"outcome":null'),
  },
  {
    hsm: "after-job",
    name: "after the job is recorded",
    gate: "blobGate",
    when: "after",
    matches: (call, hsm) => isRecord(call, hsm) && call.body.includes('"state":"InProgress"'),
  },
  {
    hsm: "after-end",
    name: "after the end is recorded",
    gate: "blobGate",
    when: "after",
    matches: (call, hsm) => isRecord(call, hsm) && call.body.includes('"state":"Succeeded"'),
  },
];
const AFTER_POST = "after-post";

function messageIn(xml: string): string {
  const text = /<MessageText>([^<]+)<\/MessageText>/.exec(xml)?.[1] ?? "";
  return Buffer.from(text, "base64").toString();
}

describe("a host killed with SIGKILL, and a new one on the same storage", () => {
  let world: AppWorld;
  beforeAll(async () => {
    world = await startAppWorld([...PLACES.map(({ hsm }) => hsm), AFTER_POST]);
  }, 60_000);
  afterAll(() => world?.stop());

  /** Starts a host for one HSM, waits for the moment, kills it, and starts another. */
  async function killAt(app: Installation, hsm: string, moment: Promise<unknown>): Promise<void> {
    await knowSince(app.ledger, hsm, new Date(Date.now() - DAY));
    const killed = await app.startHost(world.only(hsm));
    await moment;
    await killed.kill();
    const next = await app.startHost(world.only(hsm));
    await until(`${hsm} has its backup`, () => isDone(app, hsm), 60);
    await next.kill();
  }

  async function isDone(app: Installation, hsm: string): Promise<boolean> {
    const { card } = await viewLedger(app.ledger, hsm);
    return card?.active === null && card.newestSuccess !== null;
  }

  function expectOneRun({ card, records }: LedgerView): void {
    expect(records.map(({ state, trigger }) => ({ state, trigger }))).toEqual([
      { state: "Succeeded", trigger: "schedule" },
    ]);
    expect(records[0]?.blobCount).toBeGreaterThan(0);
    expect(card?.active).toBeNull();
    expect(card?.runs.map(({ id }) => id)).toEqual([records[0]?.id]);
    expect(card?.newestSuccess?.slot).toBe(records[0]?.slot);
  }

  test.concurrent.for(PLACES)(
    "$name: one verified backup of the slot, one record, the card given back",
    { timeout: 90_000 },
    async (place, { onTestFinished }) => {
      const app = await world.installAnother();
      onTestFinished(app.stop);
      const hold = app[place.gate].hold(place.when, (call) => place.matches(call, place.hsm));
      await killAt(app, place.hsm, hold.caught);
      hold.release();
      expectOneRun(await viewLedger(app.ledger, place.hsm));
    },
  );

  test.concurrent("after the POST was accepted: one verified backup of the slot, one record, the card given back", {
    timeout: 90_000,
  }, async ({ onTestFinished }) => {
    const app = await world.installAnother();
    onTestFinished(app.stop);
    await world.control("POST", AFTER_POST, "faults", [{ fault: "holdAnswer", operation: "backup" }]);
    const accepted = until("the HSM has accepted the start", async () => (await jobsOf(AFTER_POST)).length > 0, 30);
    await killAt(app, AFTER_POST, accepted);
    const view = await viewLedger(app.ledger, AFTER_POST);
    expectOneRun(view);
    // The job that nobody has heard of, and the one that the unknown start was made again as.
    const jobs = await jobsOf(AFTER_POST);
    expect(jobs).toHaveLength(2);
    expect(view.records[0]?.jobId).toBe(jobs.at(-1)?.id);
  });

  async function jobsOf(hsm: string): Promise<readonly { readonly id: string }[]> {
    const { jobs }: { jobs: { id: string }[] } = JSON.parse(JSON.stringify(await world.control("GET", hsm, "state")));
    return jobs;
  }
});
