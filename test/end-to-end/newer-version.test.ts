import { afterAll, beforeAll, describe, test } from "vitest";
import { stateName } from "../../backup/ledger/ledger.ts";
import { SCHEMA_VERSION } from "../../backup/model/validation.ts";
import { parseFields } from "../../scripts/json.ts";
import { readBlob } from "../read-blob.ts";
import { until } from "../until.ts";
import { healthOf, startByHand, untilEnded } from "./answers.ts";
import { type AppWorld, startAppWorld } from "./app-world.ts";
import { type Call, messageIn } from "./gate.ts";
import { BY_HAND } from "./installation.ts";
import { readState } from "./ledger-view.ts";
import type { RunningHost } from "./running-host.ts";

// The HSM says so in Retry-After, and no look comes before: time to change what is in queue and ledger.
const JOB_SECONDS = 5;
const NEWER = SCHEMA_VERSION + 1;
const REFUSAL = { status: 403, headers: { "x-ms-error-code": "AuthorizationFailure" } };

describe("what a newer version of the app left behind", () => {
  let app: AppWorld;
  let host: RunningHost;
  beforeAll(async () => {
    app = await startAppWorld(["message", "state"]);
    host = await app.startHost(BY_HAND);
  }, 60_000);
  afterAll(() => app?.stop());

  /** A run of the HSM whose job is under way. @returns its id */
  async function startRun(hsm: string): Promise<string> {
    await app.control("POST", hsm, "faults", [{ fault: "slow", operation: "backup", seconds: JOB_SECONDS }]);
    const id = await startByHand(host, hsm);
    await until("the job is under way", async () => (await readState(app.ledger, hsm))?.active?.state === "InProgress");
    return id;
  }

  test.concurrent("a message of a newer version is dropped, and the timer takes the step of its run", async ({
    expect,
  }) => {
    // The run's own message for the first look is never sent.
    app.queueGate.refuse((call) => isMessageOf(call, "message") && !messageIn(call.body).includes('"seq":0'), REFUSAL);
    const id = await startRun("message");
    const seq = (await readState(app.ledger, "message"))?.active?.seq;
    const message = JSON.stringify({ schemaVersion: NEWER, hsm: "message", run: id, seq });
    await app.queue.sendMessage(Buffer.from(message).toString("base64"));
    const dropped = await until("the message is dropped", () =>
      host.events("message.dropped").find(({ level, hsm }) => level === "warning" && hsm === undefined),
    );
    expect(dropped).toMatchObject({ why: expect.stringContaining("schemaVersion") });
    expect(await untilEnded(host, "message", id)).toMatchObject({ state: "Succeeded", error: null });
    expect(host.events("backup.resumed").find(({ hsm }) => hsm === "message")).toMatchObject({ run: id });
  });

  test.concurrent("a state of a newer version is left alone and reported; put back, its run continues from where it was", async ({
    expect,
  }) => {
    const id = await startRun("state");
    const blob = app.ledger.getBlockBlobClient(stateName("state"));
    const own = await readBlob(blob);
    const newer = JSON.stringify({ ...parseFields(own, "state"), schemaVersion: NEWER, more: true });
    await blob.upload(newer, Buffer.byteLength(newer));

    const checked = await until("the timer reports it", () =>
      host.events("backup.checked").find(({ hsm, problem }) => hsm === "state" && problem !== null),
    );
    expect(checked).toMatchObject({ isOverdue: true, problem: expect.stringContaining("newer version") });
    const { status, hsms } = await healthOf(host);
    expect(status).toBe(503);
    expect(hsms.find(({ hsm }) => hsm === "state")?.problem).toContain(String(NEWER));
    await until("its own message is dropped", () =>
      host.events("message.dropped").find(({ hsm, why }) => hsm === "state" && String(why).includes("newer")),
    );
    expect(await readBlob(blob)).toBe(newer);

    await blob.upload(own, Buffer.byteLength(own));
    expect(await untilEnded(host, "state", id)).toMatchObject({ state: "Succeeded", error: null });
    expect(host.events("ledger.repaired")).toEqual([]);
  });
});

/** Whether a call sends a message of this HSM. */
const isMessageOf = ({ method, body }: Call, hsm: string): boolean =>
  method === "POST" && messageIn(body).includes(`"hsm":"${hsm}"`);
