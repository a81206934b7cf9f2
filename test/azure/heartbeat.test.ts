import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { heartbeat } from "../../azure/heartbeat.ts";
import { secret } from "../../backup/model/secret.ts";
import { errorOfCall } from "../contract/failed-call.ts";
import { listen } from "../listen.ts";
import { makeTrustedCertificate, type TrustedCertificate } from "../trusted-certificate.ts";

const CHECK = "b7c1a2f0-5d4e-4a60-9d0d-2f3c0b9a1e77";

let certificate: TrustedCertificate;
let receiver: Server;
let address: string;
/** What the receiver answers: a status, or nothing at all. */
let status: number | "silence" = 200;
const asked: string[] = [];

beforeAll(async () => {
  certificate = await makeTrustedCertificate();
  receiver = createServer(
    { cert: certificate.pem, key: readFileSync(certificate.privateKeyFile) },
    ({ method, url }, response) => {
      asked.push(`${method} ${url}`);
      if (status !== "silence") response.writeHead(status, { location: "/elsewhere" }).end("OK");
    },
  );
  address = `https://127.0.0.1:${await listen(receiver)}/${CHECK}`;
});
afterAll(async () => {
  receiver.close();
  receiver.closeAllConnections();
  await once(receiver, "close");
  await certificate.remove();
});
beforeEach(() => {
  status = 200;
  asked.length = 0;
});

describe("the heartbeat", () => {
  it("calls the address for success, and /fail below it otherwise", async () => {
    await heartbeat(secret(address))(true);
    await heartbeat(secret(address))(false);
    await heartbeat(secret(`${address}/?rid=7`))(false);
    expect(asked).toEqual([`GET /${CHECK}`, `GET /${CHECK}/fail`, `GET /${CHECK}/fail?rid=7`]);
  });

  it.each([301, 410, 500])("answered with %d fails at once, follows nothing and repeats nothing", async (answered) => {
    status = answered;
    const { failure, message } = await errorOfCall(heartbeat(secret(address))(true));
    expect(failure).toMatchObject({ status: answered, code: "heartbeatRefused" });
    expect(message).toContain("BACKUP_PING_URL");
    expect(message).not.toContain(CHECK);
    expect(asked).toHaveLength(1);
  });

  it("that is not answered is given up", async () => {
    status = "silence";
    const { failure, message } = await errorOfCall(heartbeat(secret(address), 50)(true));
    expect(failure).toMatchObject({ status: null, code: "timeout" });
    expect(message).not.toContain(CHECK);
  });

  it("that nobody receives fails without the address", async () => {
    const { failure, message } = await errorOfCall(heartbeat(secret(`https://127.0.0.1:1/${CHECK}`))(true));
    expect(failure).toMatchObject({ status: null, code: "noConnection" });
    expect(message).not.toContain(CHECK);
  });
});
