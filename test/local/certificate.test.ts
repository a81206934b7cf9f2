import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { createServer, request, type Server } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Certificate, makeCertificate } from "../../local/certificate.ts";
import { listen } from "../listen.ts";

const PERMISSIONS = 0o777;

describe("the certificate of the local world", () => {
  let folder: string;
  let certificate: Certificate;
  let server: Server;
  let port: number;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "certificate-"));
    certificate = await makeCertificate(folder, new Date());
    const key = await readFile(certificate.privateKeyFile);
    server = createServer({ key, cert: certificate.pem }, (_, response) => response.end("hello"));
    port = await listen(server);
  });

  afterAll(async () => {
    server.close();
    server.closeAllConnections();
    await rm(folder, { recursive: true });
  });

  it("is written so that only its owner can read it", async () => {
    const modes = await Promise.all(
      [certificate.certificateFile, certificate.privateKeyFile].map(
        async (file) => (await stat(file)).mode & PERMISSIONS,
      ),
    );
    expect(modes).toEqual([0o600, 0o600]);
  });

  it.each(["127.0.0.1", "localhost"])(
    "is trusted for %s by a client that has only the certificate file",
    async (host) => {
      expect(await get(host, port, await readFile(certificate.certificateFile, "utf8"))).toBe("hello");
    },
  );

  it("is trusted by no other client", async () => {
    await expect(get("127.0.0.1", port, undefined)).rejects.toMatchObject({ code: "DEPTH_ZERO_SELF_SIGNED_CERT" });
  });

  it("can't vouch for another site where it is trusted", () => {
    expect(new X509Certificate(certificate.pem).ca).toBe(false);
  });

  it("is already valid on a machine whose clock is some minutes behind", () => {
    const validFrom = Date.parse(new X509Certificate(certificate.pem).validFrom);
    expect(validFrom).toBeLessThan(Date.now() - 10 * 60_000);
  });
});

async function get(hostname: string, port: number, ca: string | undefined): Promise<string> {
  // Resolved by hand: `localhost` may be ::1 first, and the server listens on IPv4.
  const sent = request({ hostname, port, family: 4, agent: false, ...(ca !== undefined && { ca }) });
  sent.end();
  const [response] = await once(sent, "response");
  let text = "";
  for await (const chunk of response) text += chunk;
  return text;
}
