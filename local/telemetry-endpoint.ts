import { once } from "node:events";
import { appendFile, readFile, writeFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { createServer } from "node:https";
import type { Certificate } from "./certificate.ts";
import { LOOPBACK } from "./port.ts";

const PATH = "/v2.1/track";
const AUDIENCE = "https://monitor.azure.com";
const ANY_KEY = "00000000-0000-0000-0000-000000000000";
const OWNER_ONLY = 0o600;

export type TelemetryEndpoint = {
  /** With these the app sends its spans here, as it sends them to Application Insights. */
  readonly settings: TelemetrySettings;
  readonly stop: () => Promise<void>;
};

export type TelemetrySettings = {
  readonly APPLICATIONINSIGHTS_CONNECTION_STRING: string;
  readonly APPLICATIONINSIGHTS_AUTHENTICATION_STRING: string;
};

type Answer = { readonly status: number; readonly body: object };

/**
 * The ingestion endpoint of Application Insights with local authentication off: takes items with a token for
 * monitor.azure.com, and writes each as a line of JSON to the end of a file, which is made anew.
 * @throws what the file system says of the file
 */
export async function startTelemetryEndpoint(certificate: Certificate, file: string): Promise<TelemetryEndpoint> {
  await writeFile(file, "", { mode: OWNER_ONLY });
  const [key, cert] = [await readFile(certificate.privateKeyFile, "utf8"), certificate.pem];
  let writing: Promise<unknown> = Promise.resolve();
  const write = (lines: string): Promise<unknown> => {
    // One after the other, so that no line is torn.
    writing = writing.then(() => appendFile(file, lines));
    return writing;
  };
  const server = createServer({ key, cert }, async (request, response) => {
    const { status, body } = await take(request, write).catch((): Answer => ({ status: 500, body: {} }));
    response.writeHead(status, { "content-type": "application/json; charset=utf-8" });
    response.end(JSON.stringify(body));
  });
  const listening = once(server, "listening");
  server.listen(0, LOOPBACK);
  await listening;
  const address = server.address();
  const port = address !== null && typeof address === "object" ? address.port : 0;
  return {
    settings: {
      APPLICATIONINSIGHTS_CONNECTION_STRING: `InstrumentationKey=${ANY_KEY};IngestionEndpoint=https://${LOOPBACK}:${port}/`,
      APPLICATIONINSIGHTS_AUTHENTICATION_STRING: "Authorization=AAD",
    },
    stop: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
      await writing;
    },
  };
}

async function take(request: IncomingMessage, write: (lines: string) => Promise<unknown>): Promise<Answer> {
  if (request.method !== "POST" || request.url !== PATH) return { status: 404, body: {} };
  const items = await readItems(request);
  if (audienceOf(request.headers.authorization) !== AUDIENCE) return { status: 401, body: {} };
  if (items === undefined) return { status: 400, body: {} };
  await write(items.map((item) => `${JSON.stringify(item)}\n`).join(""));
  return { status: 200, body: { itemsReceived: items.length, itemsAccepted: items.length, errors: [] } };
}

async function readItems(request: IncomingMessage): Promise<readonly unknown[] | undefined> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  try {
    const items: unknown = JSON.parse(Buffer.concat(chunks).toString("utf8"));
    return Array.isArray(items) ? items : undefined;
  } catch {
    return undefined;
  }
}

/** The resource that a bearer token is for. Its signature is checked by nobody here. */
function audienceOf(authorization: string | undefined): string | undefined {
  const claims = /^Bearer [^.]+\.([^.]+)\./.exec(authorization ?? "")?.[1];
  try {
    const read: unknown = JSON.parse(Buffer.from(claims ?? "", "base64url").toString("utf8"));
    return typeof read === "object" && read !== null && "aud" in read ? String(read.aud) : undefined;
  } catch {
    return undefined;
  }
}
