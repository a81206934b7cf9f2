import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { list } from "../../scripts/json.ts";
import { until } from "../until.ts";
import { type AppWorld, startAppWorld } from "./app-world.ts";
import { type Call, messageIn } from "./gate.ts";
import { untilBackedUp } from "./ledger-view.ts";

// One HSM per place. Each run is held at its place, and then the host is killed once.
type Place = {
  readonly hsm: string;
  readonly name: string;
  readonly gate: "blobGate" | "queueGate";
  readonly when: "before" | "after";
  readonly matches: (call: Call, hsm: string) => boolean;
};

const isState = ({ method, path }: Call, hsm: string) => method === "PUT" && path.endsWith(`/hsms/${hsm}.json`);
const isStateWith = (words: string) => (call: Call, hsm: string) => isState(call, hsm) && call.body.includes(words);
const RESERVED = isStateWith('"state":"Starting"');
const CLAIMED = isStateWith('"outcome":null');
const ENDED = isStateWith('"state":"Succeeded"');

const PLACES: readonly Place[] = [
  { hsm: "no-reservation", name: "before the run is reserved", gate: "blobGate", when: "before", matches: RESERVED },
  { hsm: "reservation", name: "after the run is reserved", gate: "blobGate", when: "after", matches: RESERVED },
  {
    hsm: "claim",
    name: "after the start is claimed",
    gate: "blobGate",
    when: "after",
    matches: CLAIMED,
  },
  {
    hsm: "job",
    name: "after the job is written",
    gate: "blobGate",
    when: "after",
    matches: isStateWith('"state":"InProgress"'),
  },
  {
    hsm: "message",
    name: "after a message is sent",
    gate: "queueGate",
    when: "after",
    matches: ({ method, path, body }, hsm) =>
      method === "POST" && path.endsWith("/messages") && messageIn(body).includes(`"hsm":"${hsm}"`),
  },
  { hsm: "end", name: "after the end is written", gate: "blobGate", when: "after", matches: ENDED },
  {
    hsm: "record",
    name: "after the record is written",
    gate: "blobGate",
    when: "after",
    matches: ({ method, path }, hsm) => method === "PUT" && path.includes(`/runs/${hsm}/`),
  },
  {
    hsm: "release",
    name: "before the state is released",
    gate: "blobGate",
    when: "before",
    matches: (call, hsm) => ENDED(call, hsm) && call.body.includes('"active":null'),
  },
];
const POSTED = "post";

describe("a host killed with SIGKILL in the middle of nine runs, and a new one on the same storage", () => {
  let world: AppWorld;
  beforeAll(async () => {
    world = await startAppWorld([...PLACES.map(({ hsm }) => hsm), POSTED]);
    await world.control("POST", POSTED, "faults", [{ fault: "holdAnswer", operation: "backup" }]);
    const hold = ({ hsm, gate, when, matches }: Omit<Place, "name">) =>
      world[gate].hold(when, (call) => matches(call, hsm));
    const holds = PLACES.map(hold);
    const beforePost = hold({ hsm: POSTED, gate: "blobGate", when: "after", matches: CLAIMED });
    const killed = await world.startHost();
    await Promise.all([...holds, beforePost].map(({ caught }) => caught));
    // Its POST is the last: it has a time limit of seconds.
    beforePost.release();
    await until("the HSM has accepted the start", async () => (await jobsOf(POSTED)).length > 0);
    await killed.kill();
    await world.startHost();
  }, 60_000);
  afterAll(() => world?.stop());

  async function expectOneRun(hsm: string) {
    const { state, records } = await untilBackedUp(world.ledger, hsm);
    expect(records.map((record) => [record.state, record.trigger])).toEqual([["Succeeded", "schedule"]]);
    expect(records[0]?.blobCount).toBeGreaterThan(0);
    expect(state?.runs.map(({ id }) => id)).toEqual([records[0]?.id]);
    expect(state?.newestSuccess?.slot).toBe(records[0]?.slot);
    return records[0];
  }

  test.for(PLACES)("$name: one job, one record, one verified backup of the slot", async ({ hsm }) => {
    const record = await expectOneRun(hsm);
    expect(await jobsOf(hsm)).toEqual([record?.jobId]);
  });

  test("after the POST was accepted: the start is made again, and its run has one verified backup", async () => {
    const record = await expectOneRun(POSTED);
    const jobs = await jobsOf(POSTED);
    expect(jobs).toHaveLength(2);
    expect(record?.jobId).toBe(jobs.at(-1));
    expect(record?.attempts.map(({ outcome }) => outcome?.code)).toContain("unknown");
  });

  const jobsOf = async (hsm: string): Promise<readonly unknown[]> =>
    list(await world.control("GET", hsm, "state"), "jobs").map(({ id }) => id);
});
