import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Fields } from "../../scripts/json.ts";
import { until } from "../until.ts";
import { errorIn, untilHealthy } from "./answers.ts";
import { type AppWorld, startAppWorld } from "./app-world.ts";
import { openGate } from "./gate.ts";
import { untilBackedUp } from "./ledger-view.ts";
import type { RunningHost } from "./running-host.ts";

const LEDGER = "backup-runs";
const HSMS = ["contoso", "fabrikam"];
const CREATE_LEDGER = `az storage container create --name ${LEDGER}`;
const ROLE = "Storage Blob Data Owner";

describe("a full stop", () => {
  let world: AppWorld;
  let host: RunningHost;
  beforeAll(async () => {
    world = await startAppWorld([...HSMS, "anonymous"]);
    host = await world.startHost(world.only(...HSMS));
  }, 60_000);
  afterAll(() => world?.stop());

  test("while the ledger's container is missing everything says so, and nothing creates it; once it is back the newest slot is backed up", async () => {
    await Promise.all(HSMS.map((hsm) => untilBackedUp(world.ledger, hsm)));
    await untilHealthy(host);

    await world.ledger.delete();
    await untilAllSay(CREATE_LEDGER);
    await expectFullStop(404, CREATE_LEDGER);
    expect(await world.ledger.exists()).toBe(false);

    await world.ledger.create();
    for (const { records } of await Promise.all(HSMS.map((hsm) => untilBackedUp(world.ledger, hsm))))
      expect(records).toMatchObject([{ state: "Succeeded", trigger: "schedule" }]);
    await untilHealthy(host);
  });

  test("while the role on the ledger's account is missing everything says so; once it is back health is well", async () => {
    const gone = world.blobGate.refuse(({ path }) => path.includes(`/${LEDGER}`), {
      status: 403,
      headers: { "x-ms-error-code": "AuthorizationPermissionMismatch" },
    });
    await untilAllSay(ROLE);
    await expectFullStop(403, ROLE);
    gone.stop();
    await untilHealthy(host);
  });

  test("while the app's identity is missing its run says so, and continues once it is back", async () => {
    const app = await world.installAnother("anonymous-runs");
    const { origin, pathname } = new URL(world.world.settings.IDENTITY_ENDPOINT);
    const identity = await openGate(origin);
    try {
      const gone = identity.refuse(() => true, {
        status: 400,
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ statusCode: 400, message: "No managed identity was found for this app." }),
      });
      const own = { ...world.only("anonymous"), IDENTITY_ENDPOINT: `${identity.url}${pathname}` };
      const another = await app.startHost(own);
      const refused = await until("the refusal is logged", () => another.events("backup.refused")[0]);
      gone.stop();
      const { records } = await untilBackedUp(app.ledger, "anonymous");
      expect(refused).toMatchObject({ remedy: expect.stringContaining("az functionapp identity assign") });
      expect(records).toMatchObject([{ id: refused.run, state: "Succeeded" }]);
    } finally {
      await identity.close();
    }
  });

  /** The timer says this remedy of every HSM, and from then on nothing better. */
  async function untilAllSay(remedy: string): Promise<void> {
    const begun = host.events("backup.checked").length;
    const says = ({ problem }: Fields) => String(problem).includes(remedy);
    const checks = () => host.events("backup.checked").slice(begun);
    await until(`every HSM is reported with ${remedy}`, () =>
      HSMS.every((name) => checks().some((check) => check.hsm === name && says(check))),
    );
    const first = checks().findIndex(says);
    // The tick that met it first may have read a state before.
    const later = await until("the timer has fired again", () => {
      const seen = checks().slice(first + HSMS.length);
      return seen.length >= HSMS.length && seen;
    });
    expect(later.filter(({ isOverdue, problem }) => isOverdue !== true || problem === null)).toEqual([]);
  }

  /** Health, a start by hand and the list all say that the ledger can't be used, and what to do. */
  async function expectFullStop(status: number, remedy: string): Promise<void> {
    const answers = [
      await host.get("/api/health"),
      await host.post(JSON.stringify({ hsm: HSMS[0] })),
      await host.get("/api/backups"),
    ];
    for (const answer of answers) {
      expect(answer.status).toBe(503);
      const { message } = errorIn(answer);
      expect(message).toContain(remedy);
      expect(message).toContain(`HTTP ${status}`);
      expect(message).toContain(LEDGER);
    }
  }
});
